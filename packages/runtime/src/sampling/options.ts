import { RuntimeError } from '../error';

/** How the next token is chosen. Names and meanings are those of llama.cpp; what is left out is as {@link samplingDefaults} say. */
export interface SamplingOptions {
  /** Numbers that can be drawn again: a whole number from 0 to 2^53 - 1. When left out, one is thrown for each sampler. */
  readonly seed?: number;
  /** At 0 the likeliest token is taken, and nothing below it counts but bias and penalties. */
  readonly temperature?: number;
  /** The temperature varies by as much as this in both directions, by how sure the model is. 0: off. */
  readonly dynatempRange?: number;
  /** How sharply the temperature of `dynatempRange` rises with how unsure the model is. */
  readonly dynatempExponent?: number;
  /** Only so many of the likeliest tokens. 0: off. */
  readonly topK?: number;
  /** Only the likeliest tokens that make up this probability. 1: off. */
  readonly topP?: number;
  /** Only tokens at least this likely, in parts of the likeliest. 0: off. */
  readonly minP?: number;
  /** Only the most typical tokens that make up this probability (Meister et al., 2022, arXiv:2202.00666). 1: off. */
  readonly typicalP?: number;
  /** Only tokens within so many standard deviations of the likeliest. 0 and below: off. */
  readonly topNSigma?: number;
  /** How often the likeliest tokens are left out. 0: off. */
  readonly xtcProbability?: number;
  /** Tokens that are at least so likely are left out, but for the last of them. Above 0.5: off. */
  readonly xtcThreshold?: number;
  /** What cuts candidates leaves at least this many. */
  readonly minKeep?: number;
  /** How many of the last tokens penalties look at. 0: off; -1: all. */
  readonly penaltyLastN?: number;
  /** Divides positive logits of tokens that came, and multiplies negative ones. 1: off. */
  readonly repeatPenalty?: number;
  /** Taken off the logit of a token for each time that it came. 0: off. */
  readonly frequencyPenalty?: number;
  /** Taken off the logit of a token that came. 0: off. */
  readonly presencePenalty?: number;
  /** How strongly repeating a passage is held back. 0: off. */
  readonly dryMultiplier?: number;
  /** How the penalty of `dryMultiplier` grows with each token of the passage. */
  readonly dryBase?: number;
  /** Passages up to so many tokens may be repeated. */
  readonly dryAllowedLength?: number;
  /** How many of the last tokens are searched for the passage. -1: all. */
  readonly dryPenaltyLastN?: number;
  /** Strings at which a repeated passage ends. */
  readonly drySequenceBreakers?: readonly string[];
  /** Added to the logits of single tokens; -Infinity bans one. */
  readonly logitBias?: ReadonlyMap<number, number>;
  /** 0: off; 1 and 2: the versions of mirostat, which take the place of all that cuts candidates. */
  readonly mirostat?: 0 | 1 | 2;
  /** The surprise that mirostat aims at, in bits. */
  readonly mirostatTau?: number;
  /** How fast mirostat adapts. */
  readonly mirostatEta?: number;
}

/** What options are when they are left out: as in llama.cpp. */
export const samplingDefaults = {
  temperature: 0.8,
  dynatempRange: 0,
  dynatempExponent: 1,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  typicalP: 1,
  topNSigma: 0,
  xtcProbability: 0,
  xtcThreshold: 0.1,
  minKeep: 0,
  penaltyLastN: 64,
  repeatPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
  dryMultiplier: 0,
  dryBase: 1.75,
  dryAllowedLength: 2,
  dryPenaltyLastN: -1,
  drySequenceBreakers: ['\n', ':', '"', '*'],
  logitBias: new Map<number, number>(),
  mirostat: 0,
  mirostatTau: 5,
  mirostatEta: 0.1,
} as const satisfies Omit<Required<SamplingOptions>, 'seed'>;

/** Options with nothing left out but the seed. */
export type CheckedSampling = Required<Omit<SamplingOptions, 'seed' | 'logitBias'>> &
  Pick<SamplingOptions, 'seed'> & { readonly logitBias: ReadonlyMap<number, number> };

/** Large enough for any temperature, penalty or bias, and small enough that sums stay finite. */
const ANY = 1e6;
const ANY_COUNT = Number.MAX_SAFE_INTEGER;

type NumberOption = Exclude<keyof typeof samplingDefaults, 'logitBias' | 'drySequenceBreakers'>;

interface NumberRule {
  readonly least: number;
  readonly most: number;
  readonly isWhole?: boolean;
}

const SEED_RULE: NumberRule = { least: 0, most: ANY_COUNT, isWhole: true };

/** What numbers may be: any from the least to the most, or whole ones alone. */
const rules: Readonly<Record<NumberOption, NumberRule>> = {
  temperature: { least: 0, most: ANY },
  dynatempRange: { least: 0, most: ANY },
  dynatempExponent: { least: 0, most: ANY },
  topK: { least: 0, most: ANY_COUNT, isWhole: true },
  topP: { least: 0, most: 1 },
  minP: { least: 0, most: 1 },
  typicalP: { least: 0, most: 1 },
  topNSigma: { least: -1, most: ANY },
  xtcProbability: { least: 0, most: 1 },
  xtcThreshold: { least: 0, most: 1 },
  minKeep: { least: 0, most: ANY_COUNT, isWhole: true },
  penaltyLastN: { least: -1, most: ANY_COUNT, isWhole: true },
  repeatPenalty: { least: 1 / ANY, most: ANY },
  frequencyPenalty: { least: -ANY, most: ANY },
  presencePenalty: { least: -ANY, most: ANY },
  dryMultiplier: { least: 0, most: ANY },
  dryBase: { least: 0, most: ANY },
  dryAllowedLength: { least: 0, most: ANY_COUNT, isWhole: true },
  dryPenaltyLastN: { least: -1, most: ANY_COUNT, isWhole: true },
  mirostat: { least: 0, most: 2, isWhole: true },
  mirostatTau: { least: 0, most: ANY },
  mirostatEta: { least: 0, most: 1 },
};

/** @throws RuntimeError `bad-option` for a value that the option cannot have. */
export function checkSampling(options: SamplingOptions): CheckedSampling {
  const fault = samplingFault(options);
  if (fault !== undefined) {
    const { option, found, allowed } = fault;
    throw new RuntimeError('bad-option', `the sampling option ${option} is out of range`, { found, allowed });
  }
  return checkedOf(options);
}

/** An option with a value that it cannot have. */
export interface SamplingFault {
  readonly option: keyof SamplingOptions;
  readonly found: string | number;
  readonly allowed: string;
}

/**
 * The first option with a value that it cannot have, for callers that have names of their own for options; `undefined` where all are right.
 *
 * @param vocabulary - tokens that there are, if it is known: no other may have a bias.
 */
export function samplingFault(options: SamplingOptions, vocabulary = Infinity): SamplingFault | undefined {
  const checked = checkedOf(options);
  const seed = checked.seed === undefined ? undefined : numberFault('seed', checked.seed, SEED_RULE);
  if (seed !== undefined) return seed;
  for (const option of Object.keys(rules) as NumberOption[]) {
    const fault = numberFault(option, checked[option], rules[option]);
    if (fault !== undefined) return fault;
  }
  for (const [token, bias] of checked.logitBias) {
    if (token >= vocabulary)
      return {
        option: 'logitBias',
        found: `the token ${token}`,
        allowed: `tokens from 0 to ${vocabulary - 1}`,
      };
    if (Number.isNaN(bias) || bias === Infinity)
      return { option: 'logitBias', found: `${bias} for ${token}`, allowed: 'numbers, or -Infinity' };
  }
  return undefined;
}

function checkedOf(options: SamplingOptions): CheckedSampling {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...samplingDefaults, ...given };
}

function numberFault(
  option: NumberOption | 'seed',
  found: number,
  rule: NumberRule,
): SamplingFault | undefined {
  const { least, most, isWhole = false } = rule;
  if (found >= least && found <= most && (!isWhole || Number.isInteger(found))) return undefined;
  return {
    option,
    found,
    allowed: isWhole ? `whole numbers from ${least} to ${most}` : `${least} to ${most}`,
  };
}
