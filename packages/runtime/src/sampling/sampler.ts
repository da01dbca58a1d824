import type { Tokenizer } from '@halftone/tokenizer';
import { RuntimeError } from '../error';
import { candidatesOf, slice, type Candidates } from './candidates';
import { draw, mirostat, mirostat2 } from './draw';
import { penalizeRepetition, type DryOptions } from './dry';
import { dryBreakers } from './dry-breakers';
import { checkSampling, type CheckedSampling, type SamplingOptions } from './options';
import { addLogitBias, penalize } from './penalties';
import { Random } from './random';
import { applyTemperature, dynamicTemperature } from './temperature';
import { excludeTopChoices, minP, topNSigma, topP, typicalP } from './truncation';

/**
 * Chooses tokens, one after another, of one text.
 *
 * The order is llama.cpp's: logit bias, penalties, DRY, top-n-sigma, top-k, typical, top-p, min-p, XTC, temperature, then the
 * dice. With mirostat: bias, penalties, DRY, temperature, mirostat. At temperature 0: bias, penalties, DRY, the likeliest.
 */
export class Sampler {
  /** What the random numbers come from: the one given, or one that was thrown. */
  readonly seed: number;
  readonly #options: CheckedSampling;
  readonly #breakers: DryOptions['breakers'];
  readonly #random: Random;
  readonly #history: number[] = [];
  /** (vocabulary): the row that is worked on, again and again. */
  #row = new Float32Array(0);
  #mu: number;

  /**
   * @param tokenizer - finds the tokens of `drySequenceBreakers`; without it DRY has none.
   * @throws RuntimeError `bad-option`.
   */
  constructor(options: SamplingOptions = {}, tokenizer?: Tokenizer) {
    this.#options = checkSampling(options);
    const { dryMultiplier, drySequenceBreakers } = this.#options;
    const isUsed = dryMultiplier > 0 && tokenizer !== undefined;
    this.#breakers = isUsed ? dryBreakers(tokenizer, drySequenceBreakers) : new Map();
    this.seed = this.#options.seed ?? Math.floor(Math.random() * 2 ** 32);
    this.#random = new Random(this.seed);
    this.#mu = 2 * this.#options.mirostatTau;
  }

  /** A token stands in the text now: of the prompt, or one that was chosen. Penalties look at it. */
  accept(token: number): void {
    this.#history.push(token);
  }

  /**
   * Choose the token that comes next, from a row of logits (vocabulary), which is left as it is.
   *
   * @throws RuntimeError `not-finite` where a logit is NaN or Infinity, or where all tokens are banned.
   */
  sample(logits: Float32Array): number {
    const row = this.#copied(logits);
    this.#changeLogits(row);
    const { temperature, mirostat: version } = this.#options;
    if (temperature === 0) return chosen(firstCandidates(row, 1), 0);
    if (version === 0) {
      const candidates = this.#cut(row);
      return chosen(candidates, draw(candidates, this.#random));
    }
    const candidates = this.#heat(firstCandidates(row, Infinity));
    const { mirostatTau: tau, mirostatEta: eta } = this.#options;
    const state = { tau, eta, mu: this.#mu };
    const { token, mu } =
      version === 1
        ? mirostat(candidates, state, logits.length, this.#random)
        : mirostat2(candidates, state, this.#random);
    this.#mu = mu;
    return token;
  }

  #copied(logits: Float32Array): Float32Array {
    if (this.#row.length !== logits.length) this.#row = new Float32Array(logits.length);
    this.#row.set(logits);
    return this.#row;
  }

  #changeLogits(row: Float32Array): void {
    const options = this.#options;
    addLogitBias(row, options.logitBias);
    penalize(row, this.#recent(options.penaltyLastN), options);
    const dry = {
      multiplier: options.dryMultiplier,
      base: options.dryBase,
      allowedLength: options.dryAllowedLength,
      breakers: this.#breakers,
    };
    if (dry.multiplier > 0) penalizeRepetition(row, this.#recent(options.dryPenaltyLastN), dry);
  }

  #cut(row: Float32Array): Candidates {
    const { topK, minKeep, xtcProbability, ...options } = this.#options;
    topNSigma(row, options.topNSigma);
    let candidates = firstCandidates(row, topK === 0 ? Infinity : Math.max(topK, minKeep));
    candidates = typicalP(candidates, options.typicalP, minKeep);
    candidates = topP(candidates, options.topP, minKeep);
    candidates = minP(candidates, options.minP, minKeep);
    if (xtcProbability > 0 && this.#random.fraction() < xtcProbability) {
      candidates = excludeTopChoices(candidates, options.xtcThreshold, minKeep);
    }
    return this.#heat(candidates);
  }

  #heat(candidates: Candidates): Candidates {
    const { temperature, dynatempRange: range, dynatempExponent: exponent } = this.#options;
    const used = range === 0 ? temperature : dynamicTemperature(candidates, { temperature, range, exponent });
    return used > 0 ? applyTemperature(candidates, used) : slice(candidates, 0, 1);
  }

  /** The last `count` tokens; all for -1. */
  #recent(count: number): readonly number[] {
    if (count === 0) return [];
    return count === -1 ? this.#history : this.#history.slice(-count);
  }
}

function firstCandidates(row: Float32Array, limit: number): Candidates {
  checkLogits(row);
  const candidates = candidatesOf(row, limit);
  if (candidates.tokens.length > 0) return candidates;
  throw new RuntimeError('no-token', 'no token can be chosen: all are banned', {
    advice: 'Ban fewer tokens.',
  });
}

function checkLogits(row: Float32Array): void {
  for (let token = 0; token < row.length; token++) {
    const logit = row[token] ?? -Infinity;
    // Neither NaN nor Infinity.
    if (logit < Infinity) continue;
    throw new RuntimeError('not-finite', 'no token can be chosen: a logit is no number', {
      found: logit,
      advice: 'Weights of the model are damaged: copy or make the file again. `--check-tensors` tells which.',
    });
  }
}

function chosen({ tokens }: Candidates, place: number): number {
  return tokens[place] ?? 0;
}
