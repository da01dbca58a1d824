import { TokenizerError } from '../error';

/** Cuts a text into pieces: in order, and together they are the text. */
export type Cut = (text: string, each: (piece: string) => void) => void;

/** A way to cut that no pattern says in linear time: digits in groups of three, counted from the last. */
export interface DigitGroups {
  /** The pattern of the digits: it must match a run of them as a whole. */
  readonly digits: string;
  /**
   * Where texts are cut besides between groups: around the digits; behind them only; or before a first group that is whole.
   */
  readonly alsoCuts: 'around' | 'behind' | 'beforeWhole';
}

/** One step: it cuts what the steps before it left. Matches of a pattern and what lies between them become pieces. */
export type CutStep = string | DigitGroups;

/** Cut by one step after another. */
export function cutter(steps: readonly CutStep[]): Cut {
  return steps.reduceRight<Cut>(
    (next, step) => (typeof step === 'string' ? cutByPattern(step, next) : cutDigits(step, next)),
    (text, each) => each(text),
  );
}

/** JavaScript's `\s` is not Unicode's white space: it lacks U+0085 and has U+FEFF. */
function compile(pattern: string): RegExp {
  return new RegExp(
    pattern.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}'),
    'gu',
  );
}

/** Like `exec`. V8 keeps places to go back to, one for each character that a repetition took, and gives up at some millions. */
function nextMatch(expression: RegExp, text: string): RegExpExecArray | null {
  try {
    return expression.exec(text);
  } catch (cause) {
    throw new TokenizerError('too-long', 'the text has a word that is too long to be cut', {
      found: `a text of ${text.length} characters`,
      allowed: 'some millions of characters of one kind in a row',
      advice: 'Cut the text into parts.',
      cause,
    });
  }
}

function cutByPattern(pattern: string, next: Cut): Cut {
  const expression = compile(pattern);
  return (text, each) => {
    let end = 0;
    expression.lastIndex = 0;
    for (let match = nextMatch(expression, text); match !== null; match = nextMatch(expression, text)) {
      if (match.index > end) next(text.slice(end, match.index), each);
      end = expression.lastIndex;
      next(match[0], each);
    }
    if (end < text.length) next(text.slice(end), each);
  };
}

function cutDigits({ digits, alsoCuts }: DigitGroups, next: Cut): Cut {
  const expression = compile(digits);
  return (text, each) => {
    let start = 0;
    const cutAt = (place: number): void => {
      if (place > start) next(text.slice(start, place), each);
      start = place;
    };
    expression.lastIndex = 0;
    for (let match = nextMatch(expression, text); match !== null; match = nextMatch(expression, text)) {
      const run = Array.from(match[0]);
      const first = run.length % 3;
      if (alsoCuts === 'around' || (alsoCuts === 'beforeWhole' && first === 0)) cutAt(match.index);
      let place = match.index;
      run.forEach((digit, index) => {
        if (index > 0 && index % 3 === first) cutAt(place);
        place += digit.length;
      });
      if (alsoCuts !== 'beforeWhole') cutAt(place);
    }
    cutAt(text.length);
  };
}
