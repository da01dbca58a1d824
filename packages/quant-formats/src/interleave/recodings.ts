import type { Recoding } from './bit-runs';

/**
 * Seven signs as their running parities: bit j is set where an odd number of the signs 0 to j are. The highest is then the eighth sign of a group whose
 * number is even, and one shift and one exclusive or of a word restore all signs of 32 weights.
 */
export const RUNNING_PARITY: Recoding = {
  apply(signs) {
    let parities = signs ^ (signs << 1);
    parities ^= parities << 2;
    parities ^= parities << 4;
    return parities & 127;
  },
  undo: (parities) => (parities ^ (parities << 1)) & 127,
};

/** Two codes of four bits, each less 8 in two's complement instead of as it is. */
export const SIGNED_NIBBLES: Recoding = {
  apply: (pair) => pair ^ 0x88,
  undo: (pair) => pair ^ 0x88,
};

/** A signed byte with 128 added, as unsigned. */
export const UNSIGNED_BYTES: Recoding = {
  apply: (code) => code ^ 0x80,
  undo: (code) => code ^ 0x80,
};
