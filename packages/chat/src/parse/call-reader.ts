/** Where readers tell of the calls that they find. Calls come one after the other. */
export interface CallSink {
  /** A call begins. The id is the one that the model wrote, if it wrote one. */
  start(name: string, id: string | undefined): void;
  /** More of the arguments. */
  addArguments(text: string): void;
  /** The call is at its end. */
  end(): void;
}

/**
 * What a reader says after a character.
 *
 * - `more`: it goes on
 * - `done`: the character was its last
 * - `done-before`: it ended before the character, and before `giveBack` characters that it had taken
 * - `failed`: this is no call after all. Never said once a call has started
 */
export type ReaderState = 'more' | 'done' | 'done-before' | 'failed';

/** Reads one call, or several, behind the mark that opened it. Takes characters one by one, so that cuts do not matter. */
export interface CallReader {
  take(character: string): ReaderState;
  /** With `done-before`: the characters that it took without need, and that are to be read again. */
  readonly giveBack: string;
  /** Nothing follows. True if there was a call, whole or cut off; false if it has to be taken for text. */
  finish(): boolean;
}
