import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ChoiceScore,
  drawHellaSwag,
  drawTasks,
  EvaluateError,
  meanLogProbability,
  readChoiceFile,
  readHellaSwag,
  readWinogrande,
  scoredSequences,
  type ChoiceTask,
} from '../src/index';
import { MersenneTwister } from '../src/choice/mersenne-twister';

const hellaSwag = ['Cooking: He', '2', 'eats it.', 'burns it.', 'stirs.', 'sings.'].join('\n');

describe('readHellaSwag', () => {
  it('reads six lines as a task', () => {
    const [first, second] = readHellaSwag(`${hellaSwag}\n${hellaSwag.replace('2', '0')}\n`, 'h.txt');
    expect(first?.answers).toEqual([
      { text: 'Cooking: He eats it.', isCorrect: false },
      { text: 'Cooking: He burns it.', isCorrect: false },
      { text: 'Cooking: He stirs.', isCorrect: true },
      { text: 'Cooking: He sings.', isCorrect: false },
    ]);
    expect(second?.answers.map(({ isCorrect }) => isCorrect)).toEqual([true, false, false, false]);
  });

  it('reads a file of Windows', () => {
    expect(readHellaSwag(hellaSwag.replaceAll('\n', '\r\n'), 'h.txt')).toEqual(
      readHellaSwag(hellaSwag, 'h.txt'),
    );
  });

  it.each([
    ['nothing', '', 'found 0 lines'],
    ['a line too few', hellaSwag.split('\n').slice(1).join('\n'), 'found 5 lines, allowed a multiple of 6'],
    ['no index', hellaSwag.replace('2', 'x'), 'h.txt, line 2: this is no index of an ending (found "x"'],
    ['an index too large', `${hellaSwag}\n${hellaSwag.replace('2', '4')}`, 'line 8'],
  ])('refuses %s', (_, text, message) => {
    expect(() => readHellaSwag(text, 'h.txt')).toThrow(expect.objectContaining({ code: 'bad-task' }));
    expect(() => readHellaSwag(text, 'h.txt')).toThrow(message);
  });
});

const winogrande = '0,Sarah was a better surgeon than Maria so _ got the easier cases.,Sarah,Maria,2';

describe('readWinogrande', () => {
  it('puts each choice in its place, and knows where the common rest begins', () => {
    expect(readWinogrande(winogrande, 'w.csv')).toEqual([
      {
        answers: [
          {
            text: 'Sarah was a better surgeon than Maria so Sarah got the easier cases.',
            stem: 'Sarah was a better surgeon than Maria so Sarah',
            isCorrect: false,
          },
          {
            text: 'Sarah was a better surgeon than Maria so Maria got the easier cases.',
            stem: 'Sarah was a better surgeon than Maria so Maria',
            isCorrect: true,
          },
        ],
      },
    ]);
  });

  it('takes quotes off, and lines of their own for lines', () => {
    const [first, second] = readWinogrande(
      '1,"Ann, _ said ""no"".",she,"he, too",1\r\n\r\n2,_ 5" x,a,b,2\n',
      'w.csv',
    );
    expect(first?.answers.map(({ text }) => text)).toEqual([
      'Ann, she said "no".',
      'Ann, he, too said "no".',
    ]);
    expect(second?.answers.map(({ stem }) => stem)).toEqual(['a', 'b']);
  });

  it.each([
    ['nothing', '\n', 'the file has no tasks'],
    ['a field too few', `${winogrande}\n0,_ x,a,2`, 'w.csv, line 2: the line is no task (found 4 fields'],
    ['a field too many', '0,_ x, y,a,b,2', 'found 6 fields'],
    ['no place for the choice', '0,x,a,b,2', 'no _ in the second'],
    ['an answer that is none', '0,_ x,a,b,3', 'no task'],
    ['a quote that does not end', '0,"_ x,a,b,2', 'found 0 fields'],
    ['letters behind a quote', '0,"_ x"y,a,b,2', 'found 0 fields'],
  ])('refuses %s', (_, text, message) => {
    const read = () => readWinogrande(text, 'w.csv');
    expect(read).toThrow(expect.objectContaining({ code: 'bad-task' }));
    expect(read).toThrow(message);
  });
});

interface BinaryTask {
  readonly question: string;
  readonly answers: readonly string[];
  readonly labels: readonly number[];
}

/** The binary form, right or wrong. */
function choiceFile(tasks: readonly BinaryTask[], shift = 0): Uint8Array {
  const bodies = tasks.map(({ question, answers, labels }) => {
    const list = [uint32(answers.length), ...answers.map(text), ...labels.map(uint32)];
    return Buffer.concat([text(question), ...list, uint32(1), text('second form'), uint32(1)]);
  });
  let offset = 4 + 4 * tasks.length + shift;
  const offsets = bodies.map((body) => {
    offset += body.length;
    return uint32(offset - body.length);
  });
  return new Uint8Array(Buffer.concat([uint32(tasks.length), ...offsets, ...bodies]));
}

const uint32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);
const text = (value: string): Buffer => Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(value)]);

const binaryTasks: BinaryTask[] = [
  { question: 'Is it né?', answers: ['yes', 'no'], labels: [0, 1] },
  { question: 'Who?', answers: ['a', 'b', 'c'], labels: [1, 0, 0] },
];

describe('readChoiceFile', () => {
  it('reads questions with any number of answers', () => {
    expect(readChoiceFile(choiceFile(binaryTasks), 'c.bin')).toEqual([
      {
        answers: [
          { text: 'Is it né? yes', isCorrect: false },
          { text: 'Is it né? no', isCorrect: true },
        ],
      },
      {
        answers: [
          { text: 'Who? a', isCorrect: true },
          { text: 'Who? b', isCorrect: false },
          { text: 'Who? c', isCorrect: false },
        ],
      },
    ]);
  });

  const [first] = binaryTasks;
  const change = (changes: Partial<BinaryTask>): Uint8Array =>
    choiceFile([{ question: 'q', answers: ['a', 'b'], labels: [1, 0], ...first, ...changes }]);
  it.each([
    ['nothing', new Uint8Array(0), 'truncated', 'the number of tasks'],
    ['no tasks', choiceFile([]), 'bad-count', 'found 0, allowed 1 to 1'],
    ['a forged number of tasks', new Uint8Array(uint32(0xffffffff)), 'bad-count', 'found 4294967295'],
    ['a wrong offset', choiceFile(binaryTasks, 1), 'bad-task', 'task 0 is not where the file says'],
    ['no question', change({ question: '' }), 'bad-task', 'a question of 0 characters'],
    ['one answer', change({ answers: ['a'], labels: [1] }), 'bad-task', '1 answers'],
    ['an empty answer', change({ answers: ['a', ''] }), 'bad-task', 'cannot be asked'],
    ['no correct answer', change({ labels: [0, 0] }), 'bad-task', '0 of them correct'],
    ['too many answers', change({ answers: Array<string>(101).fill('a') }), 'bad-count', 'found 101'],
    [
      'bytes after the end',
      Buffer.concat([choiceFile(binaryTasks), uint32(0)]),
      'trailing-bytes',
      'after its last task',
    ],
  ])('refuses %s', (_, bytes, code, message) => {
    expect(() => readChoiceFile(bytes, 'c.bin')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });

  it('reads or refuses whatever the bytes are', () => {
    const bytes = choiceFile(binaryTasks);
    const outcomes = { read: 0, refused: 0 };
    const place = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255), end: fc.nat(2 * bytes.length) });
    fc.assert(
      fc.property(place, ({ at, to, end }) => {
        const changed = bytes.slice();
        changed[at] = to;
        try {
          readChoiceFile(changed.subarray(0, end), 'c.bin');
          outcomes.read++;
        } catch (error) {
          expect(error).toBeInstanceOf(EvaluateError);
          outcomes.refused++;
        }
      }),
      { numRuns: 2000 },
    );
    expect(outcomes.read).toBeGreaterThan(0);
    expect(outcomes.refused).toBeGreaterThan(0);
  });
});

/** A token for each word, with a token 0 that begins the text: as good a tokenizer as any. */
const words: string[] = [];
function tokenize(text: string): Int32Array {
  const ids = text.split(/(?= )/).map((word) => {
    if (!words.includes(word)) words.push(word);
    return 1 + words.indexOf(word);
  });
  return Int32Array.of(0, ...ids);
}

const choice = (...texts: readonly string[]): ChoiceTask => ({
  answers: texts.map((text) => ({ text, isCorrect: false })),
});
const stemmed = (...parts: readonly (readonly [stem: string, rest: string])[]): ChoiceTask => ({
  answers: parts.map(([stem, rest]) => ({ text: stem + rest, stem, isCorrect: false })),
});
const spans = (task: ChoiceTask): number[][] =>
  scoredSequences(task, tokenize).map(({ first, end, tokens }) => [first, end, tokens.length]);

describe('scoredSequences', () => {
  it('scores what is not the same in all answers', () => {
    expect(spans(choice('a b c d', 'a b x', 'a b y z z'))).toEqual([
      [3, 5, 5],
      [3, 4, 4],
      [3, 6, 6],
    ]);
  });

  it('scores one token at least, of an answer with which all others begin, too', () => {
    expect(spans(choice('a b', 'a b c'))).toEqual([
      [2, 3, 3],
      [2, 4, 4],
    ]);
    expect(spans(choice('a b', 'a b'))).toEqual([
      [2, 3, 3],
      [2, 3, 3],
    ]);
  });

  it('does not score the first token, which nothing predicts', () => {
    const bare = (text: string): Int32Array => tokenize(text).subarray(1);
    expect(scoredSequences(choice('a b', 'x y'), bare).map(({ first }) => first)).toEqual([1, 1]);
    expect(() => scoredSequences(choice('a', 'x y'), bare)).toThrow(
      expect.objectContaining({ code: 'too-short' }),
    );
  });

  it('scores what follows the stem where it is long, but for its last token', () => {
    expect(spans(stemmed(['it was Ann', ' who did it .'], ['it was Bob Lee', ' who did it .']))).toEqual([
      [4, 7, 8],
      [5, 8, 9],
    ]);
  });

  it('scores from where the answers part where little follows the stem', () => {
    expect(spans(stemmed(['it was Ann', ' .'], ['it was Bob Lee', ' .']))).toEqual([
      [3, 4, 5],
      [3, 5, 6],
    ]);
    expect(spans(stemmed(['it was Ann', ''], ['it was Bob', '']))).toEqual([
      [3, 4, 4],
      [3, 4, 4],
    ]);
  });
});

describe('meanLogProbability', () => {
  it('is the mean over the tokens that count, each predicted at the place before', () => {
    const logits = fc.array(
      fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 5, maxLength: 5 }),
      {
        minLength: 6,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(logits, fc.integer({ min: 1, max: 5 }), (rows, first) => {
        const tokens = Int32Array.of(4, 0, 1, 2, 3, 4);
        const asked: number[] = [];
        const score = meanLogProbability({ tokens, first, end: 6 }, (place) => {
          asked.push(place);
          return Float32Array.from(rows[place] ?? []);
        });
        const expected = asked.map((place) => {
          const row = Array.from(Float32Array.from(rows[place] ?? []));
          const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
          return Math.log(Math.exp(row[tokens[place + 1] ?? 0] ?? NaN) / sum);
        });
        expect(asked).toEqual([0, 1, 2, 3, 4].slice(first - 1));
        expect(score).toBeCloseTo(expected.reduce((a, b) => a + b, 0) / expected.length, 9);
      }),
    );
  });
});

describe('ChoiceScore', () => {
  const task = (right: number, count: number): ChoiceTask => ({
    answers: Array.from({ length: count }, (_, index) => ({ text: '', isCorrect: index === right })),
  });

  it('counts the tasks whose best answer is correct, the first among equals', () => {
    const score = new ChoiceScore();
    expect(score.add(task(1, 2), [-3, -1])).toBe(1);
    expect(score.add(task(0, 4), [-2, -1, -3, -4])).toBe(1);
    expect(score.add(task(1, 2), [-1, -1])).toBe(0);
    expect(score.report()).toEqual({ tasks: 3, accuracy: { value: 1 / 3, error: NaN }, chance: 3 / 8 });
  });

  it('has the error of a share', () => {
    const score = new ChoiceScore();
    for (let i = 0; i < 100; i++) score.add(task(i % 4 === 0 ? 0 : 1, 2), [0, -1]);
    const { accuracy } = score.report();
    expect(accuracy.value).toBe(0.25);
    expect(accuracy.error).toBeCloseTo(Math.sqrt((0.25 * 0.75) / 99), 12);
  });

  it('refuses a score that is none', () => {
    expect(() => new ChoiceScore().add(task(0, 2), [NaN, -1])).toThrow(
      expect.objectContaining({ code: 'not-a-number' }),
    );
  });
});

// Expected values: std::mt19937 and std::uniform_int_distribution<size_t> of g++ 12, and the peer's two ways to draw with them.
describe('drawing', () => {
  const tasks = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const hash = (drawn: readonly number[]): number =>
    drawn.reduce((sum, value) => (sum * 31 + value) % 1_000_003, 0);

  it('has the numbers of std::mt19937', () => {
    const random = new MersenneTwister(1);
    const numbers = Array.from({ length: 2000 }, () => random.next());
    expect(numbers.slice(0, 5)).toEqual([1791095845, 4282876139, 3093770124, 4005303368, 491263]);
    expect(numbers[1999]).toBe(138279050);
  });

  it('has those of std::uniform_int_distribution, where some must be drawn again', () => {
    const random = new MersenneTwister(1);
    expect(hash(Array.from({ length: 200 }, () => random.below(3_000_000_001)))).toBe(321138);
  });

  it('takes the tasks of HellaSwag that the peer takes', () => {
    expect(drawHellaSwag(tasks(7), 400)).toEqual([2, 6, 4, 5, 0, 1, 3]);
    const drawn = drawHellaSwag(tasks(10042), 400);
    expect(drawn.slice(0, 8)).toEqual([4187, 10013, 7233, 9363, 1, 1286, 3036, 10032]);
    expect(hash(drawn)).toBe(790236);
  });

  it('takes the other tasks that the peer takes', () => {
    expect(drawTasks(tasks(7), 6)).toEqual([2, 5, 3, 4, 0, 6]);
    const drawn = drawTasks(tasks(1267), 100);
    expect(drawn.slice(0, 8)).toEqual([528, 1262, 911, 1178, 0, 161, 381, 1258]);
    expect(hash(drawn)).toBe(968841);
    expect(drawTasks(tasks(5), 5)).toEqual([0, 1, 2, 3, 4]);
  });
});
