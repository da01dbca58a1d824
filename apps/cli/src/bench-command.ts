import { merge, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { multiple, optional, withDefault } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { command, constant, option } from '@optique/core/primitives';
import { choice, integer, string } from '@optique/core/valueparser';
import { json } from './json-option';
import { running } from './model-options';

/** `halftone bench`. */
export const bench = command(
  'bench',
  merge(
    object({
      command: constant('bench'),
      models: multiple(
        option('-m', '--model', string({ metavar: 'FILE' }), {
          description: message`The model. May be repeated.`,
        }),
        { min: 1 },
      ),
      prompts: multiple(
        option('-p', '--n-prompt', string({ metavar: 'N,N' }), {
          description: message`Lengths of prompts: 512 if not given; 0 for none.`,
        }),
      ),
      generations: multiple(
        option('-n', '--n-gen', string({ metavar: 'N,N' }), {
          description: message`Numbers of tokens to generate: 128 if not given; 0 for none.`,
        }),
      ),
      depths: multiple(
        option('-d', '--n-depth', string({ metavar: 'N,N' }), {
          description: message`Tokens that stand in the cache before: 0 if not given.`,
        }),
      ),
      repetitions: withDefault(
        option('-r', '--repetitions', integer({ min: 1 }), {
          description: message`How often each test is done: 5 if not given.`,
        }),
        5,
      ),
      format: optional(
        option('-o', '--output', choice(['md', 'csv', 'json'], { metavar: 'FORM' }), {
          description: message`md, csv or json: md if not given.`,
        }),
      ),
    }),
    running,
    json,
  ),
  {
    brief: message`Measure how fast models read prompts and generate text.`,
    description: message`Measure how fast models read prompts and generate text. Tests and columns are those of llama-bench: pp512 is a prompt of 512 tokens, tg128 are 128 tokens generated, and @ d tells how many stood in the cache before.`,
    footer: message`Example: halftone bench -m model.gguf -p 512 -n 64 -r 3`,
  },
);

/** What `halftone bench` was asked for. */
export type BenchRequest = InferValue<typeof bench>;
