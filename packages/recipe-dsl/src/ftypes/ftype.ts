import type { TypeName } from '../type-facts';
import type { Mixture } from './mixture';
import type { Program } from './program';

/** A file type: the word on the command line that names the types of all tensors for which there is no rule. */
export interface Ftype {
  /** As it is written on the command line. */
  readonly name: string;
  /** Whose mixture it is: programs give tensors different types under one name. */
  readonly program: Program;
  /** The value of `general.file_type` in the file; COPY has none and leaves the value as it is. */
  readonly id?: number;
  /** The type of most tensors; COPY has none and keeps every tensor. */
  readonly mainType?: TypeName;
  /** Which parts of a model get another type. */
  readonly mixture: Mixture;
}

/** A file type in the list of one program. */
export type FtypeOfProgram = Omit<Ftype, 'program'>;
