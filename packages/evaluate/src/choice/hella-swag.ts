import { EvaluateError } from '../error';
import { textLines } from './text-lines';
import type { ChoiceTask } from './task';

const ENDINGS = 4;
/** The context, the index of the right ending, and the endings. */
const LINES_PER_TASK = 2 + ENDINGS;

/**
 * Read tasks of HellaSwag in the form that llama-perplexity takes with `--hellaswag` (examples/perplexity/perplexity.cpp of
 * ik_llama.cpp): six lines for each, which are the context, the index of the right ending from 0, and four endings.
 *
 * @param file - the name of the file, for messages.
 * @throws {@link EvaluateError} `bad-task` for lines that are no task.
 */
export function readHellaSwag(text: string, file: string): ChoiceTask[] {
  const lines = textLines(text);
  if (lines.length === 0 || lines.length % LINES_PER_TASK !== 0) {
    throw new EvaluateError('bad-task', `a task has ${LINES_PER_TASK} lines`, {
      file,
      found: `${lines.length} lines`,
      allowed: `a multiple of ${LINES_PER_TASK}`,
      advice: 'Each task is a context, the index of the right ending, and four endings.',
    });
  }
  const tasks: ChoiceTask[] = [];
  for (let line = 0; line < lines.length; line += LINES_PER_TASK) {
    const [context = '', index = '', ...endings] = lines.slice(line, line + LINES_PER_TASK);
    if (!/^[0-3]$/.test(index)) {
      throw new EvaluateError('bad-task', 'this is no index of an ending', {
        file,
        line: line + 2,
        found: JSON.stringify(index),
        allowed: `0 to ${ENDINGS - 1}`,
      });
    }
    tasks.push({
      answers: endings.map((ending, place) => ({
        text: `${context} ${ending}`,
        isCorrect: place === Number(index),
      })),
    });
  }
  return tasks;
}
