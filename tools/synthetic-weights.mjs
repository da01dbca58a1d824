/**
 * Pseudo-random weights that look like a trained matrix to a quantizer: roughly normal, rows and columns of
 * different scale, a few outlier columns. The same seed gives the same bytes.
 */

/** How many normal values are drawn in advance; a weight is one of them, scaled. */
const TABLE_LENGTH = 65_536;

/** One column in this many is an outlier, and how much larger its weights are. */
const COLUMNS_PER_OUTLIER = 509;
const OUTLIER_SCALE = 6;

/** Spread of the logarithm of the scales of rows and of columns. */
const ROW_SPREAD = 0.2;
const COLUMN_SPREAD = 0.3;

/**
 * Marsaglia's xorshift (32 bits): https://www.jstatsoft.org/article/view/v008i14
 *
 * @param {number} state Not 0.
 * @returns {number} The next state, as a signed 32-bit number.
 */
function nextState(state) {
  let next = state ^ (state << 13);
  next ^= next >>> 17;
  return next ^ (next << 5);
}

/** @param {number} seed @param {number} stream @returns {number} A state that is not 0, far from those of other streams. */
function firstState(seed, stream) {
  const mixed = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b);
  return nextState(mixed === 0 ? 1 : mixed);
}

/** @param {number} seed @returns {Float32Array} Normal values of mean 0 and deviation 1 (Box and Muller's method). */
function normalTable(seed) {
  let state = firstState(seed, -1);
  /** @returns {number} Above 0, below 1. */
  const uniform = () => {
    state = nextState(state);
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  return Float32Array.from(
    { length: TABLE_LENGTH },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

/** A source of tensors, each with its own stream of numbers. */
export class SyntheticWeights {
  #normal;
  #seed;

  /** @param {number} seed A whole number. */
  constructor(seed) {
    this.#seed = seed;
    this.#normal = normalTable(seed);
  }

  /**
   * A matrix, row after row.
   *
   * @param {number} stream Which tensor it is: a whole number from 0.
   * @param {number} columns
   * @returns {(out: Uint16Array) => void} Fills `out`, which holds whole rows, with the next rows as BF16.
   */
  matrix(stream, columns) {
    const normal = this.#normal;
    let state = firstState(this.#seed, stream);
    const draw = () => {
      state = nextState(state);
      return normal[state & (TABLE_LENGTH - 1)] ?? 0;
    };
    const columnScales = Float32Array.from({ length: columns }, (_, column) => {
      const outlier = (column + stream * 31) % COLUMNS_PER_OUTLIER === 0 ? OUTLIER_SCALE : 1;
      return (outlier * Math.exp(COLUMN_SPREAD * draw())) / Math.sqrt(columns);
    });
    const row = new Float32Array(columns);
    const rowBits = new Uint32Array(row.buffer);
    return (out) => {
      for (let start = 0; start < out.length; start += columns) {
        const rowScale = Math.exp(ROW_SPREAD * draw());
        let local = state;
        for (let column = 0; column < columns; column++) {
          local = nextState(local);
          const scale = rowScale * (columnScales[column] ?? 0);
          row[column] = scale * (normal[local & (TABLE_LENGTH - 1)] ?? 0);
        }
        state = local;
        // BF16 is the upper half of a 32-bit float; half of the lower half's range rounds.
        for (let column = 0; column < columns; column++) {
          out[start + column] = ((rowBits[column] ?? 0) + 0x8000) >>> 16;
        }
      }
    };
  }

  /**
   * The scales of a norm layer: around 1.
   *
   * @param {number} stream Which tensor it is.
   * @param {number} length
   */
  norm(stream, length) {
    let state = firstState(this.#seed, stream);
    return Float32Array.from({ length }, () => {
      state = nextState(state);
      return 1 + 0.1 * (this.#normal[state & (TABLE_LENGTH - 1)] ?? 0);
    });
  }
}
