import { RuntimeError } from '../error';

/** How the next token is chosen. Names, meanings and defaults are those of llama.cpp; what is left out has its default. */
export interface SamplingOptions {
  /** Numbers that can be drawn again: a whole number from 0 to 2^53 - 1. When left out, one is thrown for each sampler. */
  readonly seed?: number;
  /** 0.8. At 0 the likeliest token is taken, and nothing below it counts but bias and penalties. */
  readonly temperature?: number;
  /** 0: off. The temperature varies by as much as this in both directions, by how sure the model is. */
  readonly dynatempRange?: number;
  /** 1. */
  readonly dynatempExponent?: number;
  /** 40; 0: off. */
  readonly topK?: number;
  /** 0.95; 1: off. */
  readonly topP?: number;
  /** 0.05; 0: off. */
  readonly minP?: number;
  /** 1: off. */
  readonly typicalP?: number;
  /** 0: off. */
  readonly topNSigma?: number;
  /** 0: off. */
  readonly xtcProbability?: number;
  /** 0.1; above 0.5: off. */
  readonly xtcThreshold?: number;
  /** 0: what cuts candidates leaves at least this many. */
  readonly minKeep?: number;
  /** 64: how many of the last tokens penalties look at; -1: all. */
  readonly penaltyLastN?: number;
  /** 1: off. */
  readonly repeatPenalty?: number;
  /** 0: off. */
  readonly frequencyPenalty?: number;
  /** 0: off. */
  readonly presencePenalty?: number;
  /** 0: off. */
  readonly dryMultiplier?: number;
  /** 1.75. */
  readonly dryBase?: number;
  /** 2. */
  readonly dryAllowedLength?: number;
  /** -1: how many of the last tokens are looked at; -1: all. */
  readonly dryPenaltyLastN?: number;
  /** Line break, `:`, `"` and `*`: strings at which a repeated passage ends. */
  readonly drySequenceBreakers?: readonly string[];
  /** Added to the logits of single tokens; -Infinity bans one. */
  readonly logitBias?: ReadonlyMap<number, number>;
  /** 0: off; 1 and 2: the versions of mirostat, which take the place of all that cuts candidates. */
  readonly mirostat?: 0 | 1 | 2;
  /** 5: the surprise that mirostat aims at, in bits. */
  readonly mirostatTau?: number;
  /** 0.1: how fast it adapts. */
  readonly mirostatEta?: number;
}

/** Options with nothing left out but the seed. */
export type CheckedSampling = Required<Omit<SamplingOptions, 'seed' | 'logitBias'>> &
  Pick<SamplingOptions, 'seed'> & { readonly logitBias: ReadonlyMap<number, number> };

/** Large enough for any temperature, penalty or bias, and small enough that sums stay finite. */
const ANY = 1e6;
const ANY_COUNT = Number.MAX_SAFE_INTEGER;

const DRY_SEQUENCE_BREAKERS = ['\n', ':', '"', '*'];

/** @throws RuntimeError `bad-option` for a value that the option cannot have. */
export function checkSampling(options: SamplingOptions): CheckedSampling {
  type NumberOption = Exclude<keyof SamplingOptions, 'logitBias' | 'drySequenceBreakers'>;
  const real = (option: NumberOption, otherwise: number, least: number, most: number): number => {
    const value = options[option] ?? otherwise;
    if (value >= least && value <= most) return value;
    throw badOption(option, value, `${least} to ${most}`);
  };
  const count = (option: NumberOption, otherwise: number, least: number, most = ANY_COUNT): number => {
    const value = real(option, otherwise, least, most);
    if (Number.isInteger(value)) return value;
    throw badOption(option, value, `whole numbers from ${least}`);
  };
  if (options.seed !== undefined) count('seed', 0, 0);
  count('mirostat', 0, 0, 2);
  const { seed, mirostat = 0, logitBias = new Map<number, number>() } = options;
  for (const [token, bias] of logitBias) {
    if (Number.isNaN(bias) || bias === Infinity)
      throw badOption(`logitBias of ${token}`, bias, 'numbers, or -Infinity');
  }
  return {
    ...(seed === undefined ? {} : { seed }),
    logitBias,
    temperature: real('temperature', 0.8, 0, ANY),
    dynatempRange: real('dynatempRange', 0, 0, ANY),
    dynatempExponent: real('dynatempExponent', 1, 0, ANY),
    topK: count('topK', 40, 0),
    topP: real('topP', 0.95, 0, 1),
    minP: real('minP', 0.05, 0, 1),
    typicalP: real('typicalP', 1, 0, 1),
    topNSigma: real('topNSigma', 0, -1, ANY),
    xtcProbability: real('xtcProbability', 0, 0, 1),
    xtcThreshold: real('xtcThreshold', 0.1, 0, 1),
    minKeep: count('minKeep', 0, 0),
    penaltyLastN: count('penaltyLastN', 64, -1),
    repeatPenalty: real('repeatPenalty', 1, 1 / ANY, ANY),
    frequencyPenalty: real('frequencyPenalty', 0, -ANY, ANY),
    presencePenalty: real('presencePenalty', 0, -ANY, ANY),
    dryMultiplier: real('dryMultiplier', 0, 0, ANY),
    dryBase: real('dryBase', 1.75, 0, ANY),
    dryAllowedLength: count('dryAllowedLength', 2, 0),
    dryPenaltyLastN: count('dryPenaltyLastN', -1, -1),
    drySequenceBreakers: options.drySequenceBreakers ?? DRY_SEQUENCE_BREAKERS,
    mirostat,
    mirostatTau: real('mirostatTau', 5, 0, ANY),
    mirostatEta: real('mirostatEta', 0.1, 0, 1),
  };
}

function badOption(option: string, found: number, allowed: string): RuntimeError {
  return new RuntimeError('bad-option', `the sampling option ${option} cannot be`, { found, allowed });
}
