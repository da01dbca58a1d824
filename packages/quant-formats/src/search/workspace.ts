/** Sums of one block under given codes: with them, the square error is a parabola in the scale of the block. */
export const CODE_WEIGHT = 0;
export const CODE_CODE = 1;

/**
 * The arrays of one search: allocated once for each format, grown to the longest run of weights seen, used again for every run.
 * All hold one value per weight or per block of the run, in order.
 */
export class Workspace {
  /** Weights of the run, normalized by a power of two. */
  values = new Float32Array(0);
  /** How much the square error of each weight counts. */
  errorWeights = new Float32Array(0);
  /** `errorWeights * values`. */
  weighted = new Float32Array(0);
  codes = new Uint8Array(0);
  /** The weight of largest magnitude in each block, sign included. */
  extremes = new Float32Array(0);
  multipliers = new Int16Array(0);
  variants = new Uint8Array(0);
  /** For each block and each of its probes: the best scale, the gain there, and how fast the gain falls beside it. */
  probeScale = new Float32Array(0);
  probeGain = new Float32Array(0);
  probeCurvature = new Float32Array(0);
  /** Where coding a block leaves its two sums. */
  readonly sums = new Float32Array(2);
  private capacity = 0;

  /** Make room for `length` weights in blocks of `blockLength` with `probes` probes each. */
  reserve(length: number, blockLength: number, probes: number): void {
    if (length <= this.capacity) return;
    this.capacity = length;
    const blocks = length / blockLength;
    this.values = new Float32Array(length);
    this.errorWeights = new Float32Array(length);
    this.weighted = new Float32Array(length);
    this.codes = new Uint8Array(length);
    this.extremes = new Float32Array(blocks);
    this.multipliers = new Int16Array(blocks);
    this.variants = new Uint8Array(blocks);
    this.probeScale = new Float32Array(blocks * probes);
    this.probeGain = new Float32Array(blocks * probes);
    this.probeCurvature = new Float32Array(blocks * probes);
  }
}
