import { group, merge, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { command, constant, flag, option } from '@optique/core/primitives';
import { float, integer, string } from '@optique/core/valueparser';
import { json } from './json-option';
import { modelFile, running } from './model-options';

const sampling = group(
  'Sampling',
  object({
    seed: optional(
      option('-s', '--seed', integer({ min: 0 }), {
        description: message`The same seed gives the same text again.`,
      }),
    ),
    temperature: optional(
      option('--temp', '--temperature', float({ min: 0 }), {
        description: message`0.8 if not given; 0 takes the likeliest token.`,
      }),
    ),
    topK: optional(
      option('--top-k', integer({ min: 0 }), { description: message`40 if not given; 0: off.` }),
    ),
    topP: optional(
      option('--top-p', float({ min: 0, max: 1 }), { description: message`0.95 if not given; 1: off.` }),
    ),
    minP: optional(
      option('--min-p', float({ min: 0, max: 1 }), { description: message`0.05 if not given; 0: off.` }),
    ),
    repeatPenalty: optional(
      option('--repeat-penalty', float({ min: 0 }), { description: message`1 if not given: off.` }),
    ),
  }),
);

/** `halftone run`. */
export const run = command(
  'run',
  merge(
    object({
      command: constant('run'),
      prompt: optional(
        option('-p', '--prompt', string({ metavar: 'TEXT' }), {
          description: message`What to answer, or with -no-cnv what to go on with. If not given, a conversation line by line.`,
        }),
      ),
      system: optional(
        option('-sys', '--system-prompt', string({ metavar: 'TEXT' }), {
          description: message`Instructions before the conversation.`,
        }),
      ),
      tools: optional(
        option('--tools', string({ metavar: 'FILE' }), {
          description: message`Tools that the model may call: a JSON array in the form of OpenAI's API. Calls are shown, not made.`,
        }),
      ),
      contextSize: optional(
        option('-c', '--ctx-size', integer({ min: 1, metavar: 'TOKENS' }), {
          description: message`Tokens of the conversation at most.`,
        }),
      ),
      maxTokens: optional(
        option('-n', '--predict', integer({ min: 1, metavar: 'TOKENS' }), {
          description: message`Tokens of one answer at most.`,
        }),
      ),
      noConversation: withDefault(
        flag('-no-cnv', '--no-conversation', {
          description: message`Go on with the prompt as it stands, without the model's chat template.`,
        }),
        false,
      ),
    }),
    modelFile,
    sampling,
    running,
    json,
  ),
  {
    brief: message`Let a model answer, or talk with it.`,
    footer: message`Example: halftone run -m model.gguf -p "What is the weather in Paris?" --tools tools.json --temp 0`,
  },
);

/** What `halftone run` was asked for. */
export type RunRequest = InferValue<typeof run>;
