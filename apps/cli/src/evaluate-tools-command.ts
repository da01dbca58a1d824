import { merge, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { argument, command, constant, flag, option } from '@optique/core/primitives';
import { choice, integer, string } from '@optique/core/valueparser';
import { json } from './json-option';
import { modelFile, running } from './model-options';

/** `halftone evaluate`. */
export const evaluate = command(
  'evaluate',
  merge(
    object({
      command: constant('evaluate'),
      what: argument(choice(['tools'], { metavar: 'WHAT' }), {
        description: message`tools: conversations that should be answered with calls of tools.`,
      }),
      file: argument(string({ metavar: 'FILE' }), {
        description: message`Tasks, a line of JSON for each: messages, tools and expected calls.`,
      }),
      slots: optional(
        option('-np', '--parallel', integer({ min: 1, max: 256 }), {
          description: message`Tasks that are answered at once: 4 if not given. The answers do not depend on it.`,
        }),
      ),
      contextSize: optional(
        option('-c', '--ctx-size', integer({ min: 1, metavar: 'TOKENS' }), {
          description: message`Tokens of the tasks that are answered at once, together.`,
        }),
      ),
      showWrong: withDefault(
        flag('--show-wrong', {
          description: message`Print the tasks whose calls were not the expected ones.`,
        }),
        false,
      ),
    }),
    modelFile,
    running,
    json,
  ),
  {
    brief: message`Count how often a model makes exactly the calls of tools that are expected.`,
    description: message`Count how often a model makes exactly the calls of tools that are expected: names, and arguments as values of JSON. The likeliest tokens are taken, through the same engine that halftone serve answers with.`,
    footer: message`Example: halftone evaluate tools tool-calls.jsonl -m model.gguf`,
  },
);

/** What `halftone evaluate tools` was asked for. */
export type EvaluateToolsRequest = InferValue<typeof evaluate>;
