import { bytesPerRow, formats, rowsTogether } from '@halftone/quant-formats';
import { KernelError } from '../error';
import type { CacheFormat, Handle, WeightShape } from './device';

/** Lengths that C++ counts in 32 bits. */
const MAX_NUMBER = 2 ** 32 - 1;

/**
 * Lengths are whole numbers that every device can count.
 *
 * @throws {@link KernelError} `wrong-length`.
 */
export function checkNumbers(...numbers: readonly number[]): void {
  const found = numbers.find((number) => !Number.isInteger(number) || number < 0 || number > MAX_NUMBER);
  if (found === undefined) return;
  throw new KernelError('wrong-length', 'a length is out of range', {
    found,
    allowed: `whole numbers up to ${MAX_NUMBER}`,
  });
}

/**
 * The bytes of one row of a weight, once its shape and its length in bytes are seen to fit.
 *
 * @throws {@link KernelError} `wrong-length`.
 */
export function checkWeightBytes(shape: WeightShape, byteLength: number): number {
  const format = formats[shape.format];
  checkNumbers(shape.rows, shape.columns, shape.experts);
  if (shape.columns % format.blockLength !== 0) {
    throw new KernelError('wrong-length', `a row of ${format.name} has whole blocks`, {
      found: `${shape.columns} columns`,
      allowed: `a multiple of ${format.blockLength}`,
    });
  }
  const together = rowsTogether(format);
  if (shape.rows % together !== 0) {
    throw new KernelError('wrong-length', `rows of ${format.name} stand together`, {
      found: `${shape.rows} rows`,
      allowed: `a multiple of ${together}`,
    });
  }
  const rowBytes = bytesPerRow(format, shape.columns);
  const wanted = shape.experts * shape.rows * rowBytes;
  if (byteLength === wanted) return rowBytes;
  throw new KernelError('wrong-length', 'the bytes of a weight are not those of its shape', {
    found: `${byteLength} bytes`,
    allowed: `${wanted}: ${shape.experts} x ${shape.rows} rows of ${rowBytes}`,
  });
}

/**
 * The bytes of one cell of a cache, once its format is seen to store rows of this width.
 *
 * @throws {@link KernelError} `wrong-length`.
 */
export function checkCellBytes(format: CacheFormat, width: number): number {
  const { blockLength } = formats[format];
  if (width % blockLength === 0) return bytesPerRow(formats[format], width);
  throw new KernelError('wrong-length', `a cache of ${format} stores rows of whole blocks`, {
    found: width,
    allowed: `a multiple of ${blockLength}`,
    advice: 'Use a cache of f16.',
  });
}

/**
 * A part of a buffer lies within it.
 *
 * @throws {@link KernelError} `wrong-length`.
 */
export function checkRange(offset: number, length: number, available: number): void {
  const isPart = [offset, length].every((number) => Number.isInteger(number) && number >= 0);
  if (isPart && offset + length <= available) return;
  throw new KernelError('wrong-length', 'a part of a buffer lies outside it', {
    found: `${length} from ${offset} on`,
    allowed: `within ${available}`,
  });
}

/** The error for a handle that another device made, or that was released. */
export function notOurs({ kind }: Handle): KernelError {
  return new KernelError('unavailable', `this device does not have these ${kind}`, {
    advice: 'Use what this device made, and before it is released or the device is closed.',
  });
}
