/** In `sums`: `sum(w x c)` of the block coded last. */
export const WEIGHT_CODE = 0;
/** In `sums`: `sum(w c c)` of the block coded last. */
export const CODE_CODE = 1;

/**
 * The arrays of one search: made once for each format, grown to the longest run seen, used again for every run. They hold one
 * value per weight, per block or per probe of the run, in order; what lies beyond the run is left over from longer ones.
 */
export class Workspace {
  /** Per weight: the weight times `factor`. */
  values = new Float32Array(0);
  /** Per weight: how much its square error counts. */
  errorWeights = new Float32Array(0);
  /** Per weight: `errorWeights * values`. */
  weightedValues = new Float32Array(0);
  /** Per weight: its code. */
  codes = new Uint8Array(0);
  /**
   * With a grid or a trellis, per weight: its value, sign included; per group, at its first weight: the point or the state, and with a
   * grid its move.
   */
  chosen = new Float32Array(0);
  points = new Uint16Array(0);
  moves = new Uint8Array(0);
  /** With a grid that has signs, or a trellis that has none, per eight weights: a bit for each minus. */
  signs = new Uint8Array(0);
  /** Per block: the value of largest magnitude, sign included. */
  extremes = new Float32Array(0);
  /** Per block: the whole number that the super scale is multiplied by. */
  multipliers = new Int16Array(0);
  /** Per block: which of the codebook's shifts. */
  variants = new Uint8Array(0);
  /** Per probe: the block scale that suits its codes best, what is gained there, and how fast that falls beside it. */
  probeScales = new Float32Array(0);
  probeGains = new Float32Array(0);
  probeCurvatures = new Float32Array(0);
  /** Where coding a block leaves its two sums. */
  readonly sums = new Float32Array(2);
  /** The power of two that the weights of the run are multiplied by. */
  factor = 1;
  /** `sum(w x x)` over the run. */
  squareSum = 0;
  private capacity = 0;

  /** Make room for `length` weights in blocks of `blockLength` with `probes` probes each. */
  reserve(length: number, blockLength: number, probes: number): void {
    if (length <= this.capacity) return;
    this.capacity = length;
    const blocks = length / blockLength;
    this.values = new Float32Array(length);
    this.errorWeights = new Float32Array(length);
    this.weightedValues = new Float32Array(length);
    this.codes = new Uint8Array(length);
    this.chosen = new Float32Array(length);
    this.points = new Uint16Array(length);
    this.moves = new Uint8Array(length);
    this.signs = new Uint8Array(Math.ceil(length / 8));
    this.extremes = new Float32Array(blocks);
    this.multipliers = new Int16Array(blocks);
    this.variants = new Uint8Array(blocks);
    this.probeScales = new Float32Array(blocks * probes);
    this.probeGains = new Float32Array(blocks * probes);
    this.probeCurvatures = new Float32Array(blocks * probes);
  }
}
