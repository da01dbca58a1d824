import { EvaluateError } from '../error';
import type { ChoiceAnswer, ChoiceTask } from './task';

/** Answers of a question. Threat: an object from as few as 8 bytes. Largest: some 20 (TruthfulQA); ik_llama.cpp's own cap. */
const MAX_ANSWERS = 100;

const ADVICE = 'Copy or make the file again.';

/**
 * Read tasks in the binary form that llama-perplexity takes with `--multiple-choice` (examples/perplexity/perplexity.cpp of
 * ik_llama.cpp; files for ARC, HellaSwag, MMLU and TruthfulQA exist). Little-endian:
 *
 *     u32       tasks
 *     u32 ...   byte offset of each task from the start of the file
 *     tasks     text question, answers with one that is correct, answers with several that are correct (not used)
 *     text      u32 bytes, UTF-8
 *     answers   u32 count, texts, i32 for each: 1 where it is correct
 *
 * @param file - its name, for messages.
 * @throws {@link EvaluateError} `truncated`, `trailing-bytes`, `bad-count`, or `bad-task` for a task that cannot be asked.
 */
export function readChoiceFile(bytes: Uint8Array, file: string): ChoiceTask[] {
  const reader = new Reader(bytes, file);
  const count = reader.count('tasks', Math.floor(bytes.length / 4));
  const offsets = Array.from({ length: count }, () => reader.uint32('the offsets'));
  const tasks = offsets.map((offset, index) => {
    if (offset === reader.offset) return readTask(reader, index);
    throw new EvaluateError('bad-task', `task ${index} is not where the file says`, {
      file,
      offset: reader.offset,
      found: offset,
      allowed: `${reader.offset}`,
      advice: ADVICE,
    });
  });
  reader.end();
  return tasks;
}

function readTask(reader: Reader, index: number): ChoiceTask {
  const start = reader.offset;
  const question = reader.text(`the question of task ${index}`);
  const single = readAnswers(reader, index);
  readAnswers(reader, index);
  const right = single.filter(({ isCorrect }) => isCorrect).length;
  if (question !== '' && single.length > 1 && single.every(({ text }) => text !== '') && right > 0) {
    return { answers: single.map(({ text, isCorrect }) => ({ text: `${question} ${text}`, isCorrect })) };
  }
  throw new EvaluateError('bad-task', `task ${index} cannot be asked`, {
    file: reader.file,
    offset: start,
    found: `a question of ${question.length} characters, ${single.length} answers, ${right} of them correct`,
    allowed: 'texts that are not empty, two or more answers, at least one correct',
    advice: ADVICE,
  });
}

function readAnswers(reader: Reader, index: number): ChoiceAnswer[] {
  const count = reader.count(`answers of task ${index}`, MAX_ANSWERS, 0);
  const texts = Array.from({ length: count }, () => reader.text(`an answer of task ${index}`));
  return texts.map((text) => ({ text, isCorrect: reader.uint32(`the labels of task ${index}`) === 1 }));
}

/** Reads values one after another; every length is checked against the bytes that are left. */
class Reader {
  offset = 0;
  readonly #view: DataView;
  readonly #bytes: Uint8Array;

  constructor(
    bytes: Uint8Array,
    readonly file: string,
  ) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint32(what: string): number {
    return this.#view.getUint32(this.#advance(4, what), true);
  }

  count(what: string, most: number, least = 1): number {
    const offset = this.offset;
    const count = this.uint32(`the number of ${what}`);
    if (count >= least && count <= most) return count;
    throw new EvaluateError('bad-count', `the number of ${what} cannot be`, {
      file: this.file,
      offset,
      found: count,
      allowed: `${least} to ${most}`,
      advice: ADVICE,
    });
  }

  text(what: string): string {
    const length = this.uint32(`the length of ${what}`);
    const start = this.#advance(length, what);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
        this.#bytes.subarray(start, start + length),
      );
    } catch (cause) {
      throw new EvaluateError('bad-task', `${what} is not UTF-8`, {
        file: this.file,
        offset: start,
        advice: ADVICE,
        cause,
      });
    }
  }

  end(): void {
    if (this.offset === this.#bytes.length) return;
    throw new EvaluateError('trailing-bytes', 'the file goes on after its last task', {
      file: this.file,
      offset: this.offset,
      found: `${this.#bytes.length} bytes`,
      allowed: `${this.offset}`,
      advice: ADVICE,
    });
  }

  #advance(length: number, what: string): number {
    const start = this.offset;
    if (length > this.#bytes.length - start) {
      throw new EvaluateError('truncated', `the file ends inside ${what}`, {
        file: this.file,
        offset: start,
        found: `${this.#bytes.length - start} more bytes`,
        allowed: `${length}`,
        advice: ADVICE,
      });
    }
    this.offset = start + length;
    return start;
  }
}
