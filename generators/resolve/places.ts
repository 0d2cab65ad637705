/** Where the things that rules judge are written. */
import type { Model } from '../../schemas/types/models.d.ts';
import type { Pointer, Where } from '../problem.ts';
import type { ServedModel } from './platform.ts';

/** A place in one entry; the pointer starts at the entry. */
export type At = (...pointer: Pointer) => Where;

/** Where a served model is written: the entry's index. */
export interface Placed {
  readonly model: ServedModel;
  readonly entry: Model;
  readonly index: number;
}

/** The files of one cluster's input, by path. */
export interface ClusterFiles {
  readonly registry: string;
  readonly cluster: string;
}
