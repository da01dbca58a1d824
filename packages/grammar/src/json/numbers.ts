import { MAX_DIGITS, type NumberRule } from './number-rule';
import { closed, NOWHERE, remembered, type State } from './states';

type NumberPart = 'sign' | 'zero' | 'whole' | 'point' | 'fraction' | 'exponent' | 'exponent-sign' | 'power';

/** Parts in which a number may end. */
const wholeParts: ReadonlySet<NumberPart> = new Set(['zero', 'whole', 'fraction', 'power']);

/** A number from its first character on: it ends where something else follows. */
export function number(isWhole: boolean, then: State): State {
  return {
    step(character) {
      if (character === '-') return [numberPart({ part: 'sign', digits: 0, typed: '-' }, isWhole, then)];
      return startDigits('', character, isWhole, then);
    },
    isEnd: false,
    closing: (steps) => closed('0', then, steps),
  };
}

interface TypedNumber {
  readonly part: NumberPart;
  /** Digits of the part. */
  readonly digits: number;
  readonly typed: string;
}

function startDigits(sign: string, character: string, isWhole: boolean, then: State): readonly State[] {
  if (!isDigit(character)) return NOWHERE;
  const part = character === '0' ? 'zero' : 'whole';
  return [numberPart({ part, digits: 1, typed: sign + character }, isWhole, then)];
}

function numberPart({ part, digits, typed }: TypedNumber, isWhole: boolean, then: State): State {
  const to = (next: NumberPart, count: number, character: string): readonly State[] => [
    numberPart({ part: next, digits: count, typed: typed + character }, isWhole, then),
  ];
  return {
    step(character) {
      if (part === 'sign') return startDigits(typed, character, isWhole, then);
      if (isDigit(character) && part !== 'zero') {
        // What is read as infinite is no number.
        if (digits === MAX_DIGITS || !Number.isFinite(Number(typed + character))) return NOWHERE;
        return to(afterDigit[part], digits + 1, character);
      }
      if (character === '.' && !isWhole && (part === 'zero' || part === 'whole'))
        return to('point', 0, character);
      const takesExponent = !isWhole && wholeParts.has(part) && part !== 'power';
      if ((character === 'e' || character === 'E') && takesExponent) return to('exponent', 0, character);
      if ((character === '+' || character === '-') && part === 'exponent')
        return to('exponent-sign', 0, character);
      return wholeParts.has(part) ? then.step(character) : NOWHERE;
    },
    get isEnd() {
      return wholeParts.has(part) && then.isEnd;
    },
    closing: (steps) => closed(wholeParts.has(part) ? '' : '0', then, steps),
  };
}

/** The part in which a digit is, by the part before it. */
const afterDigit: Readonly<Record<Exclude<NumberPart, 'sign' | 'zero'>, NumberPart>> = {
  whole: 'whole',
  point: 'fraction',
  fraction: 'fraction',
  exponent: 'power',
  'exponent-sign': 'power',
  power: 'power',
};

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

/** A number that a rule binds, from its first character on. */
export function boundNumber(rule: NumberRule, then: State): State {
  return {
    step: remembered((character) => {
      if (character === '-') return rule.mayBecome('', true) ? [boundDigits(rule, true, '', then)] : NOWHERE;
      return moreDigits(rule, false, character, then);
    }),
    isEnd: false,
    closing(steps) {
      const positive = rule.text('', false);
      const text = positive ?? `-${rule.text('', true) ?? ''}`;
      return closed(text, then, steps);
    },
  };
}

function boundDigits(rule: NumberRule, isNegative: boolean, typed: string, then: State): State {
  return {
    step: remembered((character) => {
      if (isDigit(character))
        return typed === '0' ? NOWHERE : moreDigits(rule, isNegative, typed + character, then);
      if (character === '.') {
        const isFirst = rule.places > 0 && typed !== '' && !typed.includes('.');
        return isFirst ? moreDigits(rule, isNegative, `${typed}.`, then) : NOWHERE;
      }
      return rule.isNumber(typed, isNegative) ? then.step(character) : NOWHERE;
    }),
    get isEnd() {
      return rule.isNumber(typed, isNegative) && then.isEnd;
    },
    closing(steps) {
      if (rule.isNumber(typed, isNegative)) return closed('', then, steps);
      const text = rule.text(typed, isNegative);
      return text === undefined ? undefined : closed(text.slice(typed.length), then, steps);
    },
  };
}

function moreDigits(rule: NumberRule, isNegative: boolean, typed: string, then: State): readonly State[] {
  if (!/^\d+(\.\d*)?$/.test(typed)) return NOWHERE;
  const [whole = '', fraction = ''] = typed.split('.');
  if (whole.length > rule.digits || fraction.length > rule.places) return NOWHERE;
  return rule.mayBecome(typed, isNegative) ? [boundDigits(rule, isNegative, typed, then)] : NOWHERE;
}
