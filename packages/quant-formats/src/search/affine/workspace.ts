/** In `sums`: `sum(w c c)` of the block coded last. */
export const CODE_CODE = 0;
/** In `sums`: its `sum(w c)`. */
export const CODE = 1;
/** In `sums`: its `sum(w x c)`. */
export const WEIGHT_CODE = 2;

/**
 * The arrays of one affine search: made once for each format, grown to the longest run seen, used again for every run. They hold
 * one value per weight, per block or per probe of the run, in order.
 */
export class AffineWorkspace {
  /** Per weight: the weight times `factor`. */
  values = new Float32Array(0);
  /** Per weight: how much its square error counts. */
  errorWeights = new Float32Array(0);
  /** Per weight: `errorWeights * values`. */
  weightedValues = new Float32Array(0);
  /** Per weight: its code. */
  codes = new Uint8Array(0);
  /** Per block: the least and the greatest value. */
  least = new Float32Array(0);
  greatest = new Float32Array(0);
  /** Per block: `sum(w)` and `sum(w x)`. */
  weightSums = new Float32Array(0);
  valueSums = new Float32Array(0);
  /** Per block: what the super scale and the super minimum are multiplied by. */
  scaleMultipliers = new Int16Array(0);
  minimumMultipliers = new Int16Array(0);
  /** Per probe: the scale and the minimum that suit its codes best, and the three sums of these codes. */
  probeScales = new Float32Array(0);
  probeMinima = new Float32Array(0);
  probeCodeCodes = new Float32Array(0);
  probeCodes = new Float32Array(0);
  probeWeightCodes = new Float32Array(0);
  /** Where coding a block leaves its sums. */
  readonly sums = new Float32Array(3);
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
    this.least = new Float32Array(blocks);
    this.greatest = new Float32Array(blocks);
    this.weightSums = new Float32Array(blocks);
    this.valueSums = new Float32Array(blocks);
    this.scaleMultipliers = new Int16Array(blocks);
    this.minimumMultipliers = new Int16Array(blocks);
    this.probeScales = new Float32Array(blocks * probes);
    this.probeMinima = new Float32Array(blocks * probes);
    this.probeCodeCodes = new Float32Array(blocks * probes);
    this.probeCodes = new Float32Array(blocks * probes);
    this.probeWeightCodes = new Float32Array(blocks * probes);
  }
}
