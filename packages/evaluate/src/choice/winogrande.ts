import { EvaluateError } from '../error';
import type { ChoiceTask } from './task';
import { textLines } from './text-lines';

/** Index, sentence, two choices, and the number of the right one. */
const FIELDS = 5;

/** A field of a line: between quotes, which stand doubled for themselves, or up to the next comma. */
const FIELD = /("(?:[^"]|"")*"|(?!")[^,]*)(,|$)/y;

/**
 * Read tasks of Winogrande in the form that llama-perplexity takes with `--winogrande` (examples/perplexity/perplexity.cpp of
 * ik_llama.cpp): lines of comma-separated values, which are an index, a sentence with `_` where a choice belongs, two
 * choices, and the number of the right one from 1. Empty lines are left out.
 *
 * @param file - the name of the file, for messages.
 * @throws {@link EvaluateError} `bad-task` for a line that is no task, and for a text without tasks.
 */
export function readWinogrande(text: string, file: string): ChoiceTask[] {
  const tasks = textLines(text).flatMap((line, index) =>
    line === '' ? [] : [readTask(line, { file, line: index + 1 })],
  );
  if (tasks.length > 0) return tasks;
  throw new EvaluateError('bad-task', 'the file has no tasks', { file });
}

function readTask(line: string, place: { readonly file: string; readonly line: number }): ChoiceTask {
  const fields = readFields(line);
  const [, sentence = '', first = '', second = '', number = ''] = fields;
  const blank = sentence.indexOf('_');
  if (fields.length !== FIELDS || blank < 0 || !/^[12]$/.test(number)) {
    throw new EvaluateError('bad-task', 'the line is no task', {
      ...place,
      found: `${fields.length} fields${blank < 0 ? ', no _ in the second' : ''}`,
      allowed: 'INDEX,SENTENCE WITH _,CHOICE,CHOICE,1 OR 2',
      advice: 'Put a field that has commas between double quotes.',
    });
  }
  const before = sentence.slice(0, blank);
  const after = sentence.slice(blank + 1);
  return {
    answers: [first, second].map((choice, index) => ({
      text: before + choice + after,
      stem: before + choice,
      isCorrect: index === Number(number) - 1,
    })),
  };
}

/** As RFC 4180 has it; a line that is not so gives fewer fields. */
function readFields(line: string): string[] {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (let comma: string | undefined = ','; comma === ',';) {
    const match = FIELD.exec(line);
    if (match === null) return [];
    const [, field = ''] = match;
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    comma = match[2];
  }
  return fields;
}
