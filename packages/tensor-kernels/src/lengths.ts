import { KernelError } from './error';

/** Check the arguments of `squareErrors`. */
export function checkErrorLengths(
  weights: Float32Array,
  decoded: Float32Array,
  columns: number,
  importance: Float32Array | undefined,
): void {
  if (!Number.isSafeInteger(columns) || columns <= 0 || weights.length % columns !== 0) {
    throw wrongLength('columns', columns, `whole rows of ${weights.length} weights`);
  }
  if (decoded.length !== weights.length) {
    throw wrongLength('decoded weights', decoded.length, String(weights.length));
  }
  if (importance !== undefined && importance.length !== columns) {
    throw wrongLength('importance values', importance.length, `one for each of ${columns} columns`);
  }
}

function wrongLength(what: string, found: number, allowed: string): KernelError {
  return new KernelError('wrong-length', `square errors: wrong number of ${what}`, { found, allowed });
}
