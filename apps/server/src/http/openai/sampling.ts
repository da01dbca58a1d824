import { samplingDefaults, samplingFault, type SamplingOptions } from '@halftone/runtime';
import { z } from 'zod';
import { badField, fieldError } from '../errors';
import { listOf } from '../lists';

const real = z.number().nullish();
const whole = z.int().nullish();

/** What chooses tokens, by llama.cpp's names and in the order in which it is done: the options with which each is off. */
const samplersOff = {
  penalties: { penaltyLastN: 0 },
  dry: { dryMultiplier: 0 },
  top_n_sigma: { topNSigma: 0 },
  top_k: { topK: 0 },
  typ_p: { typicalP: 1 },
  top_p: { topP: 1 },
  min_p: { minP: 0 },
  xtc: { xtcProbability: 0 },
  temperature: { temperature: 1, dynatempRange: 0 },
} as const satisfies Readonly<Record<string, SamplingOptions>>;

type SamplerName = keyof typeof samplersOff;
const samplerNames = Object.keys(samplersOff) as SamplerName[];

/** The fields of OpenAI's API and of llama.cpp's server that say how tokens are chosen. */
export const samplingFields = {
  temperature: real,
  top_p: real,
  top_k: whole,
  min_p: real,
  typical_p: real,
  top_n_sigma: real,
  xtc_probability: real,
  xtc_threshold: real,
  min_keep: whole,
  dynatemp_range: real,
  dynatemp_exponent: real,
  repeat_penalty: real,
  repeat_last_n: whole,
  frequency_penalty: real,
  presence_penalty: real,
  dry_multiplier: real,
  dry_base: real,
  dry_allowed_length: whole,
  dry_penalty_last_n: whole,
  mirostat: z.literal([0, 1, 2]).nullish(),
  mirostat_tau: real,
  mirostat_eta: real,
  /** Below 0: one that is thrown. */
  seed: whole,
  logit_bias: z.record(z.string().regex(/^\d+$/).describe('the number of a token'), z.number()).nullish(),
  /** Whether a text does not end before it has all the tokens that it may have. */
  ignore_eos: z.boolean().nullish(),
  /** Which of them are used: those that are left out are off. Their order is always this one. */
  samplers: listOf(z.enum(samplerNames)).nullish(),
};

/** The fields as they were understood. */
type SamplingFields = z.output<z.ZodObject<typeof samplingFields>>;

/** Options that are told as a number, by the name of their field. */
const optionsByField = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  min_p: 'minP',
  typical_p: 'typicalP',
  top_n_sigma: 'topNSigma',
  xtc_probability: 'xtcProbability',
  xtc_threshold: 'xtcThreshold',
  min_keep: 'minKeep',
  dynatemp_range: 'dynatempRange',
  dynatemp_exponent: 'dynatempExponent',
  repeat_penalty: 'repeatPenalty',
  repeat_last_n: 'penaltyLastN',
  frequency_penalty: 'frequencyPenalty',
  presence_penalty: 'presencePenalty',
  dry_multiplier: 'dryMultiplier',
  dry_base: 'dryBase',
  dry_allowed_length: 'dryAllowedLength',
  dry_penalty_last_n: 'dryPenaltyLastN',
  mirostat: 'mirostat',
  mirostat_tau: 'mirostatTau',
  mirostat_eta: 'mirostatEta',
} as const satisfies Partial<Record<keyof SamplingFields, keyof SamplingOptions>>;

type NumberField = keyof typeof optionsByField;

/** What a request's sampling is checked against. */
export interface SamplingRules {
  /** Tokens that there are. */
  readonly vocabulary: number;
  /** Tokens that end a text. */
  readonly endTokens: readonly number[];
  /** What stands before the names of the fields, where they are within another one. */
  readonly within?: string;
}

/**
 * How tokens are chosen, for the runtime. What is left out has its default.
 *
 * @throws HttpError 400 for a value that a field cannot have.
 */
export function samplingOf(
  fields: SamplingFields,
  { vocabulary, endTokens, within = '' }: SamplingRules,
): SamplingOptions {
  const { seed, samplers } = fields;
  const banned = fields.ignore_eos === true ? endTokens.map((token) => [token, -Infinity] as const) : [];
  const bias = new Map([...biasOf(fields.logit_bias ?? {}), ...banned]);
  const given: SamplingOptions = {
    ...numbersOf(fields),
    ...(samplers === undefined || samplers === null ? {} : withoutOthers(samplers)),
    ...(seed !== undefined && seed !== null && seed >= 0 ? { seed } : {}),
    ...(bias.size === 0 ? {} : { logitBias: bias }),
  };
  const fault = samplingFault(given, vocabulary);
  if (fault === undefined) return given;
  const field = `${within}${fieldOf(fault.option)}`;
  throw fieldError(field, `found ${fault.found}, allowed ${fault.allowed}`);
}

function numbersOf(fields: SamplingFields): SamplingOptions {
  const given = (Object.keys(optionsByField) as NumberField[]).map(
    (field) => [optionsByField[field], fields[field]] as const,
  );
  return Object.fromEntries(given.filter(([, value]) => value !== undefined && value !== null));
}

/** The options with which all samplers are off but these. @throws HttpError 400 for an order that is not theirs. */
function withoutOthers(samplers: readonly SamplerName[]): SamplingOptions {
  const used = samplerNames.filter((name) => samplers.includes(name));
  if (used.join() !== samplers.join()) {
    const allowed = `${samplerNames.join(', ')} in this order`;
    throw badField('samplers', { found: samplers, allowed, why: 'each may be left out' });
  }
  const others = samplerNames.filter((name) => !samplers.includes(name));
  return Object.assign({}, ...others.map((name) => samplersOff[name])) as SamplingOptions;
}

function fieldOf(option: keyof SamplingOptions): string {
  const fields = Object.keys(optionsByField) as NumberField[];
  return (
    fields.find((field) => optionsByField[field] === option) ??
    (option === 'logitBias' ? 'logit_bias' : option)
  );
}

/** What the numbers are that a request leaves out, by the names of the API. */
export function defaultSampling() {
  const numbers = samplingDefaults;
  return {
    temperature: numbers.temperature,
    top_k: numbers.topK,
    top_p: numbers.topP,
    min_p: numbers.minP,
    typical_p: numbers.typicalP,
    repeat_penalty: numbers.repeatPenalty,
    repeat_last_n: numbers.penaltyLastN,
    frequency_penalty: numbers.frequencyPenalty,
    presence_penalty: numbers.presencePenalty,
  };
}

/** -100 bans a token, as OpenAI's API has it. */
function biasOf(bias: Readonly<Record<string, number>>): ReadonlyMap<number, number> {
  return new Map(
    Object.entries(bias).map(([token, value]) => [Number(token), value <= -100 ? -Infinity : value]),
  );
}
