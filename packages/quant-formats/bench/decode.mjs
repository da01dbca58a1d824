/**
 * How fast rows decode, on one core: first checks each format, then times it.
 *
 *     npx turbo run build --filter=@halftone/quant-formats && node packages/quant-formats/bench/decode.mjs
 */
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { bytesPerRow, decodeRows, encodeRows, formats } from '../dist/index.js';

/** A row as long as those of a model of some billion weights, and as many as fit the cache of one core. */
const COLUMNS = 4096;
const ROWS = 16;
const SECONDS = 0.5;
/** The first piece of every golden file: that many packed rows, then the decoded ones. */
const GOLDEN = { rows: 2, columns: 1536 };

/** @typedef {import('../dist/index.js').FormatDefinition} Format */

/** @param {string} name @returns {Buffer | undefined} */
function golden(name) {
  const file = new URL(`../test/goldens/${name}.bin`, import.meta.url);
  return existsSync(file) ? readFileSync(file) : undefined;
}

/** Decoding equals the golden rows; a format without them gives back the bytes it read. @param {Format} format */
function check(format) {
  const { rows, columns } = GOLDEN;
  const length = rows * bytesPerRow(format, columns);
  const fixture = golden(format.name);
  const bytes = Uint8Array.from((fixture ?? golden('inputs') ?? Buffer.alloc(0)).subarray(0, length));
  const decoded = new Float32Array(rows * columns);
  decodeRows(format, bytes, columns, decoded);
  if (fixture === undefined) {
    const again = new Uint8Array(length);
    encodeRows(format, decoded, columns, undefined, again);
    return Buffer.compare(again, bytes) === 0;
  }
  return (
    Buffer.compare(new Uint8Array(decoded.buffer), fixture.subarray(length, length + decoded.byteLength)) ===
    0
  );
}

/** Millions of weights per second. @param {Format} format */
function time(format) {
  const bytes = Uint8Array.from(
    { length: ROWS * bytesPerRow(format, COLUMNS) },
    (_, i) => (i * 37 + i * i * 11) & 0x3b,
  );
  const out = new Float32Array(ROWS * COLUMNS);
  // The compiler needs some rounds to see what the loop does.
  for (let round = 0; round < 20; round++) decodeRows(format, bytes, COLUMNS, out);
  const start = performance.now();
  let rounds = 0;
  for (; performance.now() - start < 1000 * SECONDS; rounds++) decodeRows(format, bytes, COLUMNS, out);
  return (rounds * out.length) / 1000 / (performance.now() - start);
}

process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, one core\n`);
for (const format of Object.values(formats)) {
  if (!check(format)) throw new Error(`${format.name} does not decode as it should; nothing is timed`);
  process.stdout.write(`${format.name.padEnd(8)} ${time(format).toFixed(0).padStart(6)} Mweights/s\n`);
}
