import { group, object } from '@optique/core/constructs';
import { message, text, type MessageTerm } from '@optique/core/message';
import { multiple, optional } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { option } from '@optique/core/primitives';
import { float, integer, string } from '@optique/core/valueparser';
import { samplingDefaults, type SamplingOptions } from '@halftone/runtime';
import { UsageError } from './quantize-words';

/** The value of an option that is not given. */
function usual(
  name: Exclude<keyof typeof samplingDefaults, 'logitBias' | 'drySequenceBreakers'>,
): MessageTerm {
  return text(String(samplingDefaults[name]));
}

/** The seed that stands for another one each time, as in llama.cpp. */
const ANY_SEED = -1;

/** Options of one number each, by the names of the runtime's options; those on the command line are llama.cpp's. */
const numbers = {
  seed: optional(
    option(
      '-s',
      '--seed',
      integer({
        min: ANY_SEED,
        errors: { unsafeInteger: message`The seed is out of range: 0 to 2^53 - 1.` },
      }),
      {
        description: message`The same seed gives the same text again. Another one each time if not given, or with -1.`,
      },
    ),
  ),
  temperature: optional(
    option('--temp', '--temperature', float({ min: 0 }), {
      description: message`${usual('temperature')} if not given; 0 takes the likeliest token.`,
    }),
  ),
  dynatempRange: optional(
    option('--dynatemp-range', float({ min: 0 }), {
      description: message`How far the temperature goes up and down, by how sure the model is. ${usual('dynatempRange')} if not given: off.`,
    }),
  ),
  dynatempExponent: optional(
    option('--dynatemp-exp', float({ min: 0 }), {
      description: message`${usual('dynatempExponent')} if not given. For --dynatemp-range.`,
    }),
  ),
  topK: optional(
    option('--top-k', integer({ min: 0 }), { description: message`${usual('topK')} if not given; 0: off.` }),
  ),
  topP: optional(
    option('--top-p', float({ min: 0, max: 1 }), {
      description: message`${usual('topP')} if not given; 1: off.`,
    }),
  ),
  minP: optional(
    option('--min-p', float({ min: 0, max: 1 }), {
      description: message`${usual('minP')} if not given; 0: off.`,
    }),
  ),
  typicalP: optional(
    option('--typical', float({ min: 0, max: 1 }), {
      description: message`Locally typical sampling. ${usual('typicalP')} if not given: off.`,
    }),
  ),
  topNSigma: optional(
    option('--top-nsigma', '--top-n-sigma', float({ min: -1 }), {
      description: message`Only tokens within so many standard deviations of the likeliest. ${usual('topNSigma')} if not given; 0 and below: off.`,
    }),
  ),
  xtcProbability: optional(
    option('--xtc-probability', float({ min: 0, max: 1 }), {
      description: message`How often the likeliest tokens are left out. ${usual('xtcProbability')} if not given: never.`,
    }),
  ),
  xtcThreshold: optional(
    option('--xtc-threshold', float({ min: 0, max: 1 }), {
      description: message`Tokens that are at least so likely are left out, but for the last of them. ${usual('xtcThreshold')} if not given; above 0.5: off.`,
    }),
  ),
  penaltyLastN: optional(
    option('--repeat-last-n', integer({ min: -1 }), {
      description: message`Tokens that the penalties look back on. ${usual('penaltyLastN')} if not given; 0: off; -1: all.`,
    }),
  ),
  repeatPenalty: optional(
    option('--repeat-penalty', float({ min: 0 }), {
      description: message`${usual('repeatPenalty')} if not given: off.`,
    }),
  ),
  presencePenalty: optional(
    option('--presence-penalty', float(), {
      description: message`Taken off the logit of a token that came. ${usual('presencePenalty')} if not given: off.`,
    }),
  ),
  frequencyPenalty: optional(
    option('--frequency-penalty', float(), {
      description: message`Taken off the logit of a token for each time that it came. ${usual('frequencyPenalty')} if not given: off.`,
    }),
  ),
  dryMultiplier: optional(
    option('--dry-multiplier', float({ min: 0 }), {
      description: message`How strongly repeating a passage is held back. ${usual('dryMultiplier')} if not given: off.`,
    }),
  ),
  dryBase: optional(
    option('--dry-base', float({ min: 0 }), {
      description: message`How the penalty grows with each token of the passage. ${usual('dryBase')} if not given.`,
    }),
  ),
  dryAllowedLength: optional(
    option('--dry-allowed-length', integer({ min: 0 }), {
      description: message`Passages up to so many tokens may be repeated. ${usual('dryAllowedLength')} if not given.`,
    }),
  ),
  dryPenaltyLastN: optional(
    option('--dry-penalty-last-n', integer({ min: -1 }), {
      description: message`Tokens that are searched for the passage. ${usual('dryPenaltyLastN')} if not given: all; 0: off.`,
    }),
  ),
  mirostat: optional(
    option('--mirostat', integer({ min: 0, max: 2 }), {
      description: message`1 or 2: mirostat of that version, in place of top-k, top-p, min-p, typical and XTC. ${usual('mirostat')} if not given: off.`,
    }),
  ),
  mirostatEta: optional(
    option('--mirostat-lr', float({ min: 0, max: 1 }), {
      description: message`How fast mirostat adapts. ${usual('mirostatEta')} if not given.`,
    }),
  ),
  mirostatTau: optional(
    option('--mirostat-ent', float({ min: 0 }), {
      description: message`The surprise that mirostat aims at, in bits. ${usual('mirostatTau')} if not given.`,
    }),
  ),
};

/** How the next token is chosen. */
export const sampling = group(
  'Sampling',
  object({
    ...numbers,
    drySequenceBreakers: multiple(
      option('--dry-sequence-breaker', string({ metavar: 'TEXT' }), {
        description: message`A text at which a repeated passage ends, or none. May be repeated. Line break, colon, quotation mark and asterisk if not given.`,
      }),
    ),
    logitBias: multiple(
      option('-l', '--logit-bias', string({ metavar: 'ID(+/-)BIAS' }), {
        description: message`Make a token likelier or less likely: 15043+1, 15043-1.5; 15043-inf bans it. May be repeated.`,
      }),
    ),
  }),
);

/** What {@link sampling} was understood as. */
export type SamplingRequest = InferValue<typeof sampling>;

/** The options that were given, for the sampler. @throws UsageError for a bias that is none. */
export function samplingOf(request: SamplingRequest): SamplingOptions {
  const names = Object.keys(numbers) as (keyof typeof numbers)[];
  const isGiven = (name: (typeof names)[number]): boolean =>
    request[name] !== undefined && !(name === 'seed' && request[name] === ANY_SEED);
  const given = names.filter(isGiven).map((name) => [name, request[name]]);
  const breakers = request.drySequenceBreakers;
  return {
    ...(Object.fromEntries(given) as SamplingOptions),
    ...(breakers.length === 0 ? {} : { drySequenceBreakers: breakers.filter((text) => text !== 'none') }),
    ...(request.logitBias.length === 0 ? {} : { logitBias: new Map(request.logitBias.map(biasOf)) }),
  };
}

function biasOf(text: string): [number, number] {
  const [, token, sign, amount] = /^(\d{1,9})([+-])(\d+(?:\.\d+)?|\.\d+|inf)$/i.exec(text) ?? [];
  const size = amount?.toLowerCase() === 'inf' ? Infinity : Number(amount);
  const bias = sign === '-' ? -size : size;
  if (token !== undefined && bias < Infinity) return [Number(token), bias];
  throw new UsageError('usage', 'the logit bias is none', {
    found: JSON.stringify(text),
    allowed: 'a token, a sign and a number, such as 15043+1, 15043-1.5 or 15043-inf',
    advice: 'halftone tokenize tells the tokens of a text.',
  });
}

/** @throws UsageError for a bias of a token that the vocabulary does not have. */
export function checkBiasedTokens({ logitBias }: SamplingOptions, vocabulary: number): void {
  const beyond = [...(logitBias?.keys() ?? [])].find((token) => token >= vocabulary);
  if (beyond === undefined) return;
  throw new UsageError('usage', 'the logit bias is for a token that the model does not have', {
    found: beyond,
    allowed: `0 to ${vocabulary - 1}`,
  });
}
