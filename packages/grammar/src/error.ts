import { HalftoneError, type ErrorFacts } from '@halftone/errors';

/** UTF-16 units that an error tells of what a schema says. */
export const TOLD_LENGTH = 100;

/** What else is known of a {@link GrammarError}. */
export interface GrammarErrorFacts extends ErrorFacts {
  /** Where in the schema, as a JSON pointer behind `#`. */
  readonly place?: string | undefined;
}

/**
 * A grammar, a regular expression or a schema that cannot be followed.
 *
 * - `bad-grammar`: it is not written as it should be, it is too large, or no text is what it asks for
 * - `left-recursion`: a rule begins with itself
 * - `unsupported`: it asks for what is not done here, such as looking behind
 */
export class GrammarError extends HalftoneError<'bad-grammar' | 'left-recursion' | 'unsupported'> {
  /** Where in a schema, as a JSON pointer behind `#`: `#/properties/city`. It stands before what happened, too. */
  readonly place: string | undefined;

  constructor(code: GrammarError['code'], what: string, { place, ...facts }: GrammarErrorFacts = {}) {
    super(code, place === undefined ? what : `${place}: ${what}`, facts);
    this.place = place;
  }

  /** This error, which tells no place, told with one. */
  at(place: string | undefined): GrammarError {
    return new GrammarError(this.code, this.what, { cause: this, ...this.facts, place });
  }
}

/** The error for what leaves so much open at once that following it would take too long. */
export function tooOpen(what: 'schema' | 'grammar', allowed: string): GrammarError {
  return new GrammarError('bad-grammar', `the ${what} leaves too many ways open at once`, {
    allowed,
    advice: 'Write it with fewer choices within choices, and with fewer repetitions.',
  });
}

/** A word of a schema that is not followed. */
export function notFollowed(word: string): GrammarError {
  return new GrammarError('unsupported', 'the schema has a word that is not followed', {
    found: word,
    advice: 'Leave strict out, and check what you get; or leave the word out.',
  });
}
