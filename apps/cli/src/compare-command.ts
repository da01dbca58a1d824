import { merge, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { argument, command, constant, flag, option } from '@optique/core/primitives';
import { string } from '@optique/core/valueparser';
import { json } from './json-option';

/** `halftone compare`. */
export const compare = command(
  'compare',
  merge(
    object({
      command: constant('compare'),
      file: argument(string({ metavar: 'A' }), {
        description: message`The file that is taken for the truth.`,
      }),
      other: argument(string({ metavar: 'B' }), {
        description: message`A file of the same tensors, in whatever types.`,
      }),
      imatrix: optional(
        option('--imatrix', string({ metavar: 'FILE' }), {
          description: message`Importance matrix: weighs the errors of each column.`,
        }),
      ),
      tensors: withDefault(
        flag('--tensors', { description: message`A line for each tensor too. --json always tells them.` }),
        false,
      ),
    }),
    json,
  ),
  {
    brief: message`Measure how far the weights of two files lie apart, by type.`,
    description: message`Measure how far the weights of two files lie apart: by type the bytes, the square error, the same relative to the weights of A, with an importance matrix weighted too, the cosine, and the block that is worst beside the weights of its tensor.`,
    footer: message`Example: halftone compare model-BF16.gguf model-IQ4_KSS.gguf --imatrix imatrix.dat`,
  },
);

/** What `halftone compare` was asked for. */
export type CompareRequest = InferValue<typeof compare>;
