import { merge, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { multiple, optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { argument, command, constant, flag, option } from '@optique/core/primitives';
import { string } from '@optique/core/valueparser';
import { json } from './json-option';
import { chunking, modelFile, running, textFile } from './model-options';

/** `halftone perplexity`. */
export const perplexity = command(
  'perplexity',
  merge(
    object({
      command: constant('perplexity'),
      baseFile: optional(
        option('--kl-divergence-base', string({ metavar: 'FILE' }), {
          description: message`Also write the predictions to this file, in the form of llama-perplexity, to compare other models with (halftone kld --base FILE).`,
        }),
      ),
    }),
    modelFile,
    object({ file: textFile() }),
    chunking,
    running,
    json,
  ),
  {
    brief: message`Measure how well a model predicts a text.`,
    description: message`Measure how well a model predicts a text: chunks, scoring and error are those of llama-perplexity, so figures compare.`,
    footer: message`Example: halftone perplexity -m model.gguf -f text.txt -c 512 --chunks 150`,
  },
);

/** `halftone kld`. */
export const kld = command(
  'kld',
  merge(
    object({
      command: constant('kld'),
      base: option('--base', string({ metavar: 'FILE' }), {
        description: message`What the models were made of: a GGUF file, or predictions that perplexity --kl-divergence-base has written. With predictions no text is needed.`,
      }),
      models: multiple(
        argument(string({ metavar: 'MODEL' }), {
          description: message`A quantized model: a GGUF file. May be repeated.`,
        }),
        { min: 1, errors: { tooFew: message`Expected a MODEL to compare with the base.` } },
      ),
      csv: withDefault(
        flag('--csv', { description: message`Print a table of comma-separated values.` }),
        false,
      ),
    }),
    object({ file: optional(textFile()) }),
    chunking,
    running,
    json,
  ),
  {
    brief: message`Measure how far quantized models diverge from what they were made of.`,
    description: message`Measure how far quantized models diverge from what they were made of, token by token: all models read the text in one pass, and no file of predictions is needed.`,
    footer: message`Example: halftone kld --base model-BF16.gguf model-IQ4_KSS.gguf model-Q4_K.gguf -f text.txt --chunks 150`,
  },
);

/** What `halftone perplexity` was asked for. */
export type PerplexityRequest = InferValue<typeof perplexity>;
/** What `halftone kld` was asked for. */
export type KldRequest = InferValue<typeof kld>;
