import { merge, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { command, constant, flag, option } from '@optique/core/primitives';
import { integer, string } from '@optique/core/valueparser';
import { jsonOption } from './json-option';
import { modelFile, running } from './model-options';
import { sampling } from './sampling-options';
import { templates } from './template-options';

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
      promptFile: optional(
        option('-f', '--file', string({ metavar: 'FILE' }), {
          description: message`The prompt, from a file; - reads standard input.`,
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
          description: message`Tokens of the conversation at most, the answers included. What the model was made for, but not more than 4096, if not given.`,
        }),
      ),
      maxTokens: optional(
        option('-n', '--predict', '--n-predict', integer({ min: -1, metavar: 'TOKENS' }), {
          description: message`Tokens of one answer at most. As many as there is room for in the context if not given, or with -1.`,
        }),
      ),
      grammar: optional(
        option('--grammar', string({ metavar: 'GBNF' }), {
          description: message`What an answer may be: a grammar whose rule root it is, such as 'root ::= "yes" | "no"'.`,
        }),
      ),
      grammarFile: optional(
        option('--grammar-file', string({ metavar: 'FILE' }), {
          description: message`The same, from a file.`,
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
    templates,
    sampling,
    running,
    jsonOption(
      message`Print one JSON document instead of text; of a conversation line by line, a line of JSON for each answer.`,
    ),
  ),
  {
    brief: message`Let a model answer, or talk with it.`,
    footer: message`Example: halftone run -m model.gguf -p "What is the weather in Paris?" --tools tools.json --temp 0`,
  },
);

/** What `halftone run` was asked for. */
export type RunRequest = InferValue<typeof run>;
