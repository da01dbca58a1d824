import { bytesPerRow, formats } from '@halftone/quant-formats';
import { KernelError } from '../error';
import type { WeightShape } from './device';

/**
 * The bytes of one row of a weight, once its shape and its length in bytes are seen to fit.
 *
 * @throws {@link KernelError} `wrong-length`.
 */
export function checkWeightBytes(shape: WeightShape, byteLength: number): number {
  const format = formats[shape.format];
  if (shape.columns % format.blockLength !== 0) {
    throw new KernelError('wrong-length', `a row of ${format.name} has whole blocks`, {
      found: `${shape.columns} columns`,
      allowed: `a multiple of ${format.blockLength}`,
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
