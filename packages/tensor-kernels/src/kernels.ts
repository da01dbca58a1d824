import {
  bytesPerRow,
  checkDecodeLengths,
  checkEncodeArguments,
  formatNames,
  formats,
  repackRows,
  type FormatDefinition,
  type FormatName,
} from '@halftone/quant-formats';
import type { Backend } from './backend';
import { checkErrorLengths } from './lengths';
import { referenceBackend } from './reference';

/** What the C++ of this package offers, natively or as WebAssembly. Arguments are checked before a call. */
export interface Kernels {
  /** The formats it has, in the order in which calls count them. */
  readonly formats: readonly string[];
  decodeRows(format: number, bytes: Uint8Array, columns: number, out: Float32Array): void;
  encodeRows(
    format: number,
    weights: Float32Array,
    columns: number,
    importance: Float32Array | undefined,
    out: Uint8Array,
  ): void;
  /** The number of weights if there is none. */
  firstBeyond(weights: Float32Array, limit: number): number;
  /** Adds to `error`, `energy`, `weightedError` and `weightedEnergy`, in this order. */
  squareErrors(
    weights: Float32Array,
    decoded: Float32Array,
    columns: number,
    importance: Float32Array | undefined,
    sums: Float64Array,
  ): void;
}

/**
 * A backend that does its work with `kernels`. Interleaved rows are encoded and decoded as single rows. Formats that the
 * kernels do not have are left to the reference, and `describe` says so.
 */
export function kernelBackend(
  name: 'native' | 'wasm',
  kernels: Kernels,
  description: string,
  reason: string,
): Backend {
  const reference = referenceBackend('for formats without a kernel');
  const places = new Map<FormatName, number>();
  for (const format of formatNames) {
    const { interleaved } = formats[format];
    const place = kernels.formats.indexOf(interleaved?.single.name ?? format);
    if (place >= 0) places.set(format, place);
  }
  const missing = formatNames.filter((format) => !places.has(format));
  const told = missing.length === 0 ? '' : `; ${missing.join(', ')} by the reference`;
  return {
    name,
    runs: (format) => (places.has(format) ? name : 'reference'),
    describe: () => `${name}: ${description}, ${reason}${told}`,
    decodeRows(format, bytes, columns, out) {
      const place = places.get(format);
      if (place === undefined) {
        reference.decodeRows(format, bytes, columns, out);
        return;
      }
      const { interleaved } = formats[format];
      checkDecodeLengths(formats[format], bytes, columns, out);
      if (interleaved === undefined) {
        kernels.decodeRows(place, bytes, columns, out);
        return;
      }
      const singles = roomFor(interleaved.single, out.length, columns);
      repackRows(formats[format], interleaved.single, bytes, columns, singles);
      kernels.decodeRows(place, singles, columns, out);
    },
    encodeRows(format, weights, columns, importance, out) {
      const place = places.get(format);
      if (place === undefined) {
        reference.encodeRows(format, weights, columns, importance, out);
        return;
      }
      const { interleaved } = formats[format];
      checkEncodeArguments(formats[format], weights, columns, importance, out);
      if (interleaved === undefined) {
        kernels.encodeRows(place, weights, columns, importance, out);
        return;
      }
      const singles = roomFor(interleaved.single, weights.length, columns);
      kernels.encodeRows(place, weights, columns, importance, singles);
      repackRows(interleaved.single, formats[format], singles, columns, out);
    },
    firstBeyond(weights, limit) {
      const place = kernels.firstBeyond(weights, limit);
      return place < weights.length ? place : undefined;
    },
    squareErrors(weights, decoded, columns, importance) {
      checkErrorLengths(weights, decoded, columns, importance);
      const sums = new Float64Array(4);
      kernels.squareErrors(weights, decoded, columns, importance, sums);
      const [error = 0, energy = 0, weightedError = 0, weightedEnergy = 0] = sums;
      return { error, energy, weightedError, weightedEnergy };
    },
  };
}

/** Room for so many weights in rows of `columns`. */
function roomFor(format: FormatDefinition, weights: number, columns: number): Uint8Array {
  return new Uint8Array((weights / columns) * bytesPerRow(format, columns));
}
