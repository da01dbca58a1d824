import { merge, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { optional } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { argument, command, constant, option } from '@optique/core/primitives';
import { choice, integer, string } from '@optique/core/valueparser';
import { json } from './json-option';
import { modelFile, running } from './model-options';

/** The forms of tasks, by the names of llama-perplexity's options. */
export const choiceForms = ['hellaswag', 'winogrande', 'multiple-choice'] as const;

/** A form of tasks. */
export type ChoiceForm = (typeof choiceForms)[number];

/** `halftone choose`. */
export const choose = command(
  'choose',
  merge(
    object({
      command: constant('choose'),
      form: argument(choice(choiceForms, { metavar: 'FORM' }), {
        description: message`What the file holds: hellaswag, winogrande or multiple-choice, in the forms that llama-perplexity takes with options of these names.`,
      }),
      tasks: optional(
        option('--tasks', integer({ min: 1 }), {
          description: message`Only so many tasks, drawn as llama-perplexity draws them. 400 for hellaswag and all for others if not given.`,
        }),
      ),
    }),
    modelFile,
    object({
      file: option('-f', '--file', string({ metavar: 'TASKS' }), { description: message`The tasks.` }),
    }),
    running,
    json,
  ),
  {
    brief: message`Measure how often a model chooses the right one of several answers.`,
    description: message`Measure how often a model finds the right one of several answers the most likely: HellaSwag, Winogrande, and the multiple-choice files made for llama-perplexity, scored as it scores them.`,
    footer: message`Example: halftone choose hellaswag -m model.gguf -f hellaswag_val_full.txt --tasks 400`,
  },
);

/** What `halftone choose` was asked for. */
export type ChooseRequest = InferValue<typeof choose>;
