import { formats, type FormatName } from '@halftone/quant-formats';

/**
 * How far devices may be from the reference, which sums in double precision. An error is the length of the difference of two rows,
 * as a part of the length of the row that is expected, unless another measure is told.
 */

/** Devices may take inputs below 2^-100 for zero (native/matmul/input.hpp): this much is never an error. */
export const NEGLIGIBLE = 2 ** -100;

/** Ops of a few roundings per value, and those that sum up some hundred floats or take an exponential of them. */
export const MAX_ROW_ERROR = 2e-6;

/**
 * Attention: scores are sums of floats, of which exponentials are taken, and summed up again. A part of the length that rows of
 * values have, since values of both signs may cancel each other out.
 */
export const MAX_ATTENTION_ERROR = 2e-5;

/** A cell that was decoded, turned and encoded again may round to the next number of its format. */
export const MAX_TURNED_CELL_ERROR = { f32: 1e-6, f16: 1e-3, q8_0: 1e-2 } as const;

/** How far products may be from exact ones. */
interface ProductTolerance {
  /** The largest error, as a part of |w| |x|, the lengths of the row of weights and of inputs. */
  readonly largest: number;
  /** Root mean square error of the products of ordinary numbers, as a part of the root mean square of their sums' terms. */
  readonly typical: number;
}

/** Weights that are floats: nothing is rounded but floats. */
const FLOAT_PRODUCT: ProductTolerance = { largest: 1e-6, typical: 2e-6 };

/**
 * Quantized weights: a device may round inputs by blocks of 256 columns to 16383 steps, which costs at most 0.5 / 16383 * sqrt(256) of
 * |w| |x|; and what the codebook of iq6_k is off, less than a tenth of that (native/matmul/input.hpp). Typical errors are measured on
 * nine products at the least, of which chance makes some larger than all together.
 */
const ROUNDED_PRODUCT: ProductTolerance = { largest: 5e-4, typical: 4.5e-4 };

/** How much coarser inputs of 8 bits are, 127 steps in the place of 16383. */
export const COARSENESS_OF_BYTES = 129;

/** How far the products of weights of a format may be from exact ones. */
export function productTolerance(format: FormatName): ProductTolerance {
  return formats[format].family === 'float' ? FLOAT_PRODUCT : ROUNDED_PRODUCT;
}
