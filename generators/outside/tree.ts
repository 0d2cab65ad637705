/** The files of a project that people wrote, wherever they are kept: on disk, or in git at some commit. */
import { join } from 'node:path';
import { listFolders, readText } from './files.ts';
import { readSealedFolder, type SealedFolder } from './sealed-folder.ts';

/** Paths are relative to the project's root, with `/`. */
export interface Tree {
  /** Text of a file, or undefined where there is none. */
  text(path: string): Promise<string | undefined>;
  /** Names of the folders directly in a folder, sorted. */
  folders(path: string): Promise<string[]>;
  /** A cluster's folder of sealed files; an empty one where there is none. */
  sealed(path: string): Promise<SealedFolder>;
}

export function diskTree(root: string): Tree {
  return {
    text: (path) => readText(join(root, path)),
    folders: (path) => listFolders(join(root, path)),
    sealed: (path) => readSealedFolder(join(root, path)),
  };
}
