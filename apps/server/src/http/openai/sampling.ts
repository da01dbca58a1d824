import { samplingDefaults, type SamplingOptions } from '@halftone/runtime';
import { z } from 'zod';

const real = z.number().nullish();
const whole = z.int().nullish();

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
  mirostat: z.union([z.literal(0), z.literal(1), z.literal(2)]).nullish(),
  mirostat_tau: real,
  mirostat_eta: real,
  /** Below 0: one that is thrown. */
  seed: whole,
  logit_bias: z.record(z.string().regex(/^\d+$/), z.number()).nullish(),
};

/** The fields as they were understood. */
type SamplingFields = z.output<z.ZodObject<typeof samplingFields>>;

/** How tokens are chosen, for the runtime. What is left out has its default. */
export function samplingOf(fields: SamplingFields): SamplingOptions {
  const { seed, logit_bias: bias } = fields;
  const given = {
    temperature: fields.temperature,
    topP: fields.top_p,
    topK: fields.top_k,
    minP: fields.min_p,
    typicalP: fields.typical_p,
    topNSigma: fields.top_n_sigma,
    xtcProbability: fields.xtc_probability,
    xtcThreshold: fields.xtc_threshold,
    minKeep: fields.min_keep,
    dynatempRange: fields.dynatemp_range,
    dynatempExponent: fields.dynatemp_exponent,
    repeatPenalty: fields.repeat_penalty,
    penaltyLastN: fields.repeat_last_n,
    frequencyPenalty: fields.frequency_penalty,
    presencePenalty: fields.presence_penalty,
    dryMultiplier: fields.dry_multiplier,
    dryBase: fields.dry_base,
    dryAllowedLength: fields.dry_allowed_length,
    dryPenaltyLastN: fields.dry_penalty_last_n,
    mirostat: fields.mirostat,
    mirostatTau: fields.mirostat_tau,
    mirostatEta: fields.mirostat_eta,
    seed: seed !== undefined && seed !== null && seed >= 0 ? seed : undefined,
    logitBias: bias === undefined || bias === null ? undefined : biasOf(bias),
  };
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== null),
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
