/** Lines and columns for problems in files of people and in made files alike. */
import { parseSource, positionOf, type Source } from '../parse/source.ts';
import type { Locate } from '../report/located.ts';

/** `texts` gives the text of a file that is not among the sources: a made file, in memory or on disk. */
export function createLocate(
  sources: ReadonlyMap<string, Source>,
  texts: (file: string) => string | undefined,
): Locate {
  return (where) => {
    const source = sources.get(where.file);
    if (source !== undefined) return source.locate(where);
    const text = texts(where.file);
    if (text === undefined) return undefined;
    if (where.offset !== undefined) return positionOf(text, where.offset);
    return parseSource(where.file, text).value?.locate(where);
  };
}
