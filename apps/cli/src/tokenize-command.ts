import { merge, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { command, constant, flag, option } from '@optique/core/primitives';
import { string } from '@optique/core/valueparser';
import { json } from './json-option';
import { modelFile, textFile } from './model-options';

/** `halftone tokenize`. */
export const tokenize = command(
  'tokenize',
  merge(
    object({
      command: constant('tokenize'),
      prompt: optional(
        option('-p', '--prompt', string({ metavar: 'TEXT' }), { description: message`The text itself.` }),
      ),
      file: optional(textFile()),
      ids: withDefault(flag('--ids', { description: message`Print the ids alone, as one list.` }), false),
      noBos: withDefault(
        flag('--no-bos', { description: message`Leave out the tokens that begin and end texts.` }),
        false,
      ),
      noParseSpecial: withDefault(
        flag('--no-parse-special', {
          description: message`Take text that looks like a control token for text.`,
        }),
        false,
      ),
      showCount: withDefault(
        flag('--show-count', { description: message`Print the number of tokens too.` }),
        false,
      ),
    }),
    modelFile,
    json,
  ),
  {
    brief: message`Show how a model's vocabulary cuts a text into tokens.`,
    footer: message`Example: halftone tokenize -m model.gguf -p "Hello world"`,
  },
);

/** What `halftone tokenize` was asked for. */
export type TokenizeRequest = InferValue<typeof tokenize>;
