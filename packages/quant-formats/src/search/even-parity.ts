import { f32At, u8At } from '../numeric/bytes';
import { Nearest } from './nearest';
import type { Workspace } from './workspace';

const { fround } = Math;

/** 1 where a number from 0 to 15 has an odd number of set bits. */
const PARITY_OF = Uint8Array.from(
  { length: 16 },
  (_, code) => (code ^ (code >> 1) ^ (code >> 2) ^ (code >> 3)) & 1,
);

/**
 * Codes for a format that stores four 4-bit codes in 15 bits, because their set bits together are even in number.
 *
 * The best such four are found exactly. Each weight has a nearest value among the eight codes of even parity and one among the
 * eight of odd parity. Take the nearer of the two for each weight; if the four then have odd parity, one weight (or three)
 * must take its other choice, and one is enough: the weight to which the change costs least.
 */
export class EvenParity {
  private readonly even: Nearest;
  private readonly odd: Nearest;
  private readonly evenCodes: Uint8Array;
  private readonly oddCodes: Uint8Array;

  constructor(codebook: Float32Array) {
    const codes = Uint8Array.from({ length: 16 }, (_, code) => code);
    this.evenCodes = codes.filter((code) => PARITY_OF[code] === 0);
    this.oddCodes = codes.filter((code) => PARITY_OF[code] === 1);
    this.even = new Nearest(Float32Array.from(this.evenCodes, (code) => f32At(codebook, code)));
    this.odd = new Nearest(Float32Array.from(this.oddCodes, (code) => f32At(codebook, code)));
  }

  /** Codes of a block of 32: the words are weights 2k, 2k + 16, 2k + 1 and 2k + 17, for k from 0 to 7. */
  code(work: Workspace, start: number, end: number, inverseScale: number, shift: number): void {
    const half = (end - start) >> 1;
    for (let first = start; first < start + half; first += 2)
      this.codeWord(work, first, half, inverseScale, shift);
  }

  private codeWord(work: Workspace, first: number, half: number, inverseScale: number, shift: number): void {
    const { values, errorWeights, codes } = work;
    let parity = 0;
    let smallestRise = Infinity;
    let place = first;
    let otherCode = 0;
    for (let k = 0; k < 4; k++) {
      const i = first + (k >> 1) + (k & 1) * half;
      const target = fround(fround(f32At(values, i) * inverseScale) - shift);
      const even = this.even.code(target);
      const odd = this.odd.code(target);
      const evenDistance = fround(target - f32At(this.even.values, even));
      const oddDistance = fround(target - f32At(this.odd.values, odd));
      const evenError = fround(evenDistance * evenDistance);
      const oddError = fround(oddDistance * oddDistance);
      const takesOdd = oddError < evenError;
      const rise = fround(f32At(errorWeights, i) * Math.abs(fround(evenError - oddError)));
      codes[i] = takesOdd ? u8At(this.oddCodes, odd) : u8At(this.evenCodes, even);
      parity ^= takesOdd ? 1 : 0;
      if (rise < smallestRise) {
        smallestRise = rise;
        place = i;
        otherCode = takesOdd ? u8At(this.evenCodes, even) : u8At(this.oddCodes, odd);
      }
    }
    if (parity === 1) codes[place] = otherCode;
  }
}
