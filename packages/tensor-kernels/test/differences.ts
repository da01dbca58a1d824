import { createHash } from 'node:crypto';
import { bytesPerRow, formats, type FormatName } from '@halftone/quant-formats';
import type { Backend } from '../src/backend';

/** The rows that a backend is tried on. */
export type CodingArguments = [
  format: FormatName,
  weights: Float32Array,
  columns: number,
  importance: Float32Array | undefined,
];

/** The packed rows that a backend is tried on. */
export type DecodingArguments = [format: FormatName, bytes: Uint8Array, columns: number, rows: number];

/** What is written around an output, which starts dirty and at an odd place, so that what is written wrongly shows. */
const DIRT = 0xa5;

/** The importance to encode with: even, where a format does not encode without. */
export function usableImportance(
  format: FormatName,
  columns: number,
  importance?: Float32Array,
): Float32Array | undefined {
  const isRequired = formats[format].importance === 'required';
  return importance ?? (isRequired ? new Float32Array(columns).fill(1) : undefined);
}

/** What the reference made of rows that every backend is tried on: it is slow, and backends are many. */
const known = new Map<string, Uint8Array>();

function encodedByReference(
  reference: Backend,
  ...[format, weights, columns, importance]: CodingArguments
): Uint8Array {
  const hash = createHash('sha1').update(bytesOf(weights));
  if (importance !== undefined) hash.update('importance').update(bytesOf(importance));
  const key = `${format} ${columns} ${hash.digest('hex')}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const rows = weights.length / columns;
  const expected = new Uint8Array(rows * bytesPerRow(formats[format], columns));
  reference.encodeRows(format, weights, columns, importance, expected);
  known.set(key, expected);
  return expected;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Encode, and decode what came out: where a backend differs from the reference first, or `undefined`. */
export function codingDifference(
  backend: Backend,
  reference: Backend,
  ...[format, weights, columns, importance]: CodingArguments
): string | undefined {
  const rows = weights.length / columns;
  const usable = usableImportance(format, columns, importance);
  const expected = encodedByReference(reference, format, weights, columns, usable);
  const found = new Uint8Array(expected.length + 2).fill(DIRT);
  backend.encodeRows(format, weights, columns, usable, found.subarray(1, -1));
  return (
    firstDifference(found, Uint8Array.of(DIRT, ...expected, DIRT)) ??
    decodingDifference(backend, reference, format, expected, columns, rows)
  );
}

/** Decode: where a backend differs from the reference first, or `undefined`. */
export function decodingDifference(
  backend: Backend,
  reference: Backend,
  ...[format, bytes, columns, rows]: DecodingArguments
): string | undefined {
  const expected = new Float32Array(rows * columns + 2).fill(DIRT);
  const found = expected.slice();
  reference.decodeRows(format, bytes, columns, expected.subarray(1, -1));
  backend.decodeRows(format, bytes, columns, found.subarray(1, -1));
  return firstDifference(bitsOf(found), bitsOf(expected));
}

/** Where two arrays differ first, and how: a comparison that is quick for long ones. */
export function firstDifference(
  found: Uint8Array | Uint32Array,
  expected: Uint8Array | Uint32Array,
): string | undefined {
  const place = expected.findIndex((value, i) => found[i] !== value);
  return place < 0 ? undefined : `at ${place} of ${expected.length}: ${found[place]} for ${expected[place]}`;
}

/** The bits of weights; those of NaN are replaced, because its payload is not kept the same. */
function bitsOf(weights: Float32Array): Uint32Array {
  return new Uint32Array(weights.map((weight) => (Number.isNaN(weight) ? NaN : weight)).buffer);
}
