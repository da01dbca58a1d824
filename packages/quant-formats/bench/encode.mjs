/**
 * How fast rows encode, on one core, and how good they come out: first checks that the error on the golden rows is not above
 * the peer's, then times.
 *
 *     npx turbo run build --filter=@halftone/quant-formats && node packages/quant-formats/bench/encode.mjs [FORMAT…]
 *
 * The ratios are our relative weighted square error divided by the peer's, without and with importance.
 */
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { bytesPerRow, decodeRows, encodeRows, formats } from '../dist/index.js';

/** A row as long as those of a model of some billion weights. */
const COLUMNS = 4096;
const ROWS = 8;
const SECONDS = 1;
/** Of the golden files only the rows of a trained tensor; `test/goldens/README.md` draws the files. */
const REAL = { rows: 2, columns: 1536 };
/** Floats between those rows and their importance in `inputs.bin`. */
const OTHER_INPUTS = 2 * 512 + 8 * 512;

/** @typedef {import('../dist/index.js').FormatDefinition} Format */

/** @param {Uint8Array} bytes @param {number} offset @param {number} length */
function floats(bytes, offset, length) {
  return new Float32Array(bytes.slice(offset, offset + 4 * length).buffer);
}

/** @param {string} name */
function golden(name) {
  const file = new URL(`../test/goldens/${name}.bin`, import.meta.url);
  return existsSync(file) ? new Uint8Array(readFileSync(file)) : undefined;
}

/** @param {Float32Array} weights @param {Float32Array} decoded @param {Float32Array | undefined} importance */
function relativeError(weights, decoded, importance) {
  let error = 0;
  let total = 0;
  weights.forEach((weight, i) => {
    const important = importance?.[i % importance.length] ?? 1;
    error += important * (weight - (decoded[i] ?? NaN)) ** 2;
    total += important * weight ** 2;
  });
  return error / total;
}

const inputs = golden('inputs');
if (inputs === undefined) throw new Error('test/goldens/inputs.bin is missing');
const weights = floats(inputs, 0, REAL.rows * REAL.columns);
const importanceOffset = 4 * (weights.length + OTHER_INPUTS);
const importance = floats(inputs, importanceOffset, REAL.columns);

/** Our error and the peer's on the golden rows, without and with importance. @param {Format} format */
function compare(format) {
  const fixture = golden(format.name);
  if (fixture === undefined) return undefined;
  const packedLength = REAL.rows * bytesPerRow(format, REAL.columns);
  // Of formats that require importance the fixture has nothing without.
  const kinds = format.importance === 'required' ? [importance] : [undefined, importance];
  return kinds.map((columns, part) => {
    const bytes = new Uint8Array(packedLength);
    const decoded = new Float32Array(weights.length);
    encodeRows(format, weights, REAL.columns, columns, bytes);
    decodeRows(format, bytes, REAL.columns, decoded);
    const peer = floats(fixture, part * (packedLength + decoded.byteLength) + packedLength, weights.length);
    return { ours: relativeError(weights, decoded, columns), peer: relativeError(weights, peer, columns) };
  });
}

/** Bell-shaped weights and uneven importance. @param {number} length @param {(sum: number) => number} shape */
function noise(length, shape) {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return Float32Array.from({ length }, () => shape(random() + random() + random() + random() - 2));
}

/** Seconds of processor time, of which another program on the machine takes none. */
function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Millions of weights per second of processor time. @param {Format} format */
function time(format) {
  const row = noise(ROWS * COLUMNS, (sum) => 0.02 * sum);
  const columns = noise(COLUMNS, (sum) => sum ** 4 + 0.01);
  const out = new Uint8Array(ROWS * bytesPerRow(format, COLUMNS));
  // The compiler needs some rounds to see what the loops do.
  for (let round = 0; round < 10; round++) encodeRows(format, row, COLUMNS, columns, out);
  const start = processorSeconds();
  let rounds = 0;
  for (; processorSeconds() - start < SECONDS; rounds++) encodeRows(format, row, COLUMNS, columns, out);
  return (rounds * row.length) / 1e6 / (processorSeconds() - start);
}

process.stdout.write(`${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, one core\n`);
const asked = process.argv.slice(2);
for (const format of Object.values(formats)) {
  // Interleaved rows are encoded as their single rows are.
  if (format.encodeRow === undefined || format.interleaved !== undefined) continue;
  if (asked.length > 0 && !asked.includes(format.name)) continue;
  const errors = compare(format);
  const told = errors?.map(({ ours, peer }) => {
    if (ours > peer) throw new Error(`${format.name} errs more than the peer does; nothing is timed`);
    return `${ours.toExponential(3)} (${(ours / peer).toFixed(3)} of the peer's)`;
  });
  const speed = `${time(format).toFixed(1).padStart(6)} Mweights/s`;
  process.stdout.write(
    `${format.name.padEnd(8)} ${speed}  error ${told?.join(', important ') ?? 'not compared'}\n`,
  );
}
