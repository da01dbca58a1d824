import { group, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { flag, option } from '@optique/core/primitives';
import { choice, integer, string } from '@optique/core/valueparser';
import { allowedActivationBits, backendNames, cacheFormats, MAX_THREADS } from '@halftone/tensor-kernels';

/** Which model. */
export const modelFile = object({
  model: option('-m', '--model', string({ metavar: 'FILE' }), {
    description: message`The GGUF file of the model.`,
  }),
});

/** How a model is run, whatever is done with it. */
export const running = group(
  'Running',
  object({
    threads: optional(
      option('-t', '--threads', integer({ min: 1, max: MAX_THREADS }), {
        description: message`Threads. As many as the machine has cores if not given.`,
      }),
    ),
    backend: optional(
      option('--backend', choice(['auto', ...backendNames], { metavar: 'NAME' }), {
        description: message`What does the arithmetic: native, wasm or reference; the fastest that runs here if not given.`,
      }),
    ),
    activationBits: optional(
      option('--activation-bits', choice([...allowedActivationBits], { metavar: 'BITS' }), {
        description: message`Bits that activations are rounded to before they meet quantized weights. With 8, processors with AVX-512 VNNI read prompts faster and less exactly. If not given, 8 for what answers (run, serve, bench), 16 for what measures.`,
      }),
    ),
    batchSize: optional(
      option('-b', '--batch-size', integer({ min: 1, metavar: 'TOKENS' }), {
        description: message`Tokens that are read at once. 512 if not given.`,
      }),
    ),
    cacheFormat: optional(
      option('-ctk', '--cache-type', choice([...cacheFormats], { metavar: 'TYPE' }), {
        description: message`What keys and values are stored as: f16 if not given.`,
      }),
    ),
    checkTensors: withDefault(
      flag('--check-tensors', {
        description: message`Look through all weights first, for what is NaN or infinite. Without it they are found while running.`,
      }),
      false,
    ),
  }),
);

/** What {@link running} was understood as. */
export type RunningOptions = Partial<InferValue<typeof running>>;

/** How a text is cut into chunks. */
export const chunking = group(
  'Chunks',
  object({
    contextSize: optional(
      option('-c', '--ctx-size', integer({ min: 4, metavar: 'TOKENS' }), {
        description: message`Tokens of a chunk: 512 if not given. Figures compare only with the same chunks.`,
      }),
    ),
    chunks: optional(
      option('--chunks', integer({ min: 1 }), {
        description: message`Only so many chunks from the start of the text. All if not given.`,
      }),
    ),
    noEscape: withDefault(
      flag('--no-escape', {
        description: message`Leave escapes such as \\n in the text as they are. llama-perplexity and llama-imatrix turn them into characters, so figures compare only where that is done.`,
      }),
      false,
    ),
    parseSpecial: withDefault(
      flag('--parse-special', {
        description: message`Take text that looks like a control token for that token, as in texts written by a chat template.`,
      }),
      false,
    ),
  }),
);

/** What {@link chunking} was understood as. */
export type ChunkingOptions = Partial<InferValue<typeof chunking>>;

/** The option that names a text. */
export function textFile() {
  return option('-f', '--file', string({ metavar: 'TEXT' }), {
    description: message`The text, in UTF-8; - reads it from standard input.`,
  });
}
