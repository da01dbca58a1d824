import { group, merge, object, or } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { multiple, optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { argument, command, constant, flag, option } from '@optique/core/primitives';
import { choice, integer, string } from '@optique/core/valueparser';
import { json } from './json-option';
import { chunking, modelFile, running, textFile } from './model-options';

const output = group(
  'Output',
  object({
    outputFormat: optional(
      option('--output-format', choice(['dat', 'gguf'], { metavar: 'FORM' }), {
        description: message`dat: the legacy form, which ik_llama.cpp reads. gguf: the form of llama.cpp, which keeps more. By the ending of OUT if not given.`,
      }),
    ),
    contextSize: optional(
      option('-c', '--ctx-size', integer({ min: 1, metavar: 'ROWS' }), {
        description: message`Rows in a chunk of a .dat file, which does not tell it: the context that it was made with. 512, or that of the other files, if not given.`,
      }),
    ),
  }),
);

const show = command(
  'show',
  merge(
    object({
      command: constant('imatrix'),
      verb: constant('show'),
      file: argument(string({ metavar: 'FILE' })),
    }),
    json,
  ),
  {
    brief: message`Show which tensors an importance matrix says matter, and how even their columns are.`,
    description: message`Show the figures of llama-imatrix --show-statistics: of the mean squares of each tensor's columns, their sum, mean and spread, the share of active columns, the entropy, the share of columns far above the mean, and the similarity to the layer before.`,
    footer: message`Example: halftone imatrix show imatrix.dat`,
  },
);

const mergeFiles = command(
  'merge',
  merge(
    object({
      command: constant('imatrix'),
      verb: constant('merge'),
      output: argument(string({ metavar: 'OUT' })),
      inputs: multiple(argument(string({ metavar: 'IN' })), { min: 2 }),
    }),
    output,
    json,
  ),
  {
    brief: message`Merge importance matrices of one model into one.`,
    description: message`Merge importance matrices of one model into one: each weighs as much as the rows that it saw. .dat and GGUF files may be mixed.`,
    footer: message`Example: halftone imatrix merge all.gguf code.dat prose.gguf`,
  },
);

const convert = command(
  'convert',
  merge(
    object({
      command: constant('imatrix'),
      verb: constant('convert'),
      input: argument(string({ metavar: 'IN' })),
      output: argument(string({ metavar: 'OUT' })),
    }),
    output,
    json,
  ),
  {
    brief: message`Write an importance matrix in another form.`,
    description: message`Write an importance matrix in another form: .dat to GGUF, or GGUF to .dat. Every mean is kept; the .dat form does not hold how often each expert was hit.`,
    footer: message`Example: halftone imatrix convert imatrix.gguf imatrix.dat`,
  },
);

const compute = merge(
  object({
    command: constant('imatrix'),
    verb: constant('compute'),
    file: textFile(),
    output: withDefault(
      option('-o', '--output', string({ metavar: 'OUT' }), {
        description: message`The importance matrix: imatrix.dat if not given; a name that ends in .gguf has the form of llama.cpp.`,
      }),
      'imatrix.dat',
    ),
    outputFormat: optional(
      option('--output-format', choice(['dat', 'gguf'], { metavar: 'FORM' }), {
        description: message`dat or gguf, if the name does not tell.`,
      }),
    ),
    inputs: multiple(
      option('--in-file', string({ metavar: 'FILE' }), {
        description: message`Go on from this importance matrix. May be repeated.`,
      }),
    ),
    outputFrequency: withDefault(
      option('--output-frequency', integer({ min: 1, metavar: 'CHUNKS' }), {
        description: message`Write the file again after so many chunks: 10 if not given.`,
      }),
      10,
    ),
    processOutput: withDefault(
      flag('--process-output', { description: message`Also the importance for the output matrix.` }),
      false,
    ),
    noPpl: withDefault(
      flag('--no-ppl', { description: message`Do not measure the perplexity beside, which saves time.` }),
      false,
    ),
  }),
  modelFile,
  chunking,
  running,
  json,
);

/** `halftone imatrix`. */
export const imatrix = command('imatrix', or(show, mergeFiles, convert, compute), {
  brief: message`Compute, show, merge and convert importance matrices.`,
  description: message`Compute an importance matrix from a model and a text with -m, -f and -o; or show, merge and convert such matrices.`,
  footer: message`Example: halftone imatrix -m model-BF16.gguf -f calibration.txt -o imatrix.gguf`,
});

/** What `halftone imatrix` was asked for. */
export type ImatrixRequest = InferValue<typeof imatrix>;
/** What `halftone imatrix show` was asked for. */
export type ShowRequest = InferValue<typeof show>;
/** What `halftone imatrix merge` was asked for. */
export type MergeRequest = InferValue<typeof mergeFiles>;
/** What `halftone imatrix convert` was asked for. */
export type ConvertRequest = InferValue<typeof convert>;
/** What `halftone imatrix -m` was asked for. */
export type ComputeRequest = InferValue<typeof compute>;
