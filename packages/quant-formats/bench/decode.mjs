/**
 * How fast rows decode in plain TypeScript, on one core: first checks each format, then times it.
 *
 *     npx turbo run build --filter=@halftone/quant-formats && node packages/quant-formats/bench/decode.mjs [--peer PROGRAM] [FORMAT…]
 *
 * PROGRAM is ik_llama.cpp's test-quantize-perf, the loop of which decodes with the C that is the definition of each of its types; the ratio is
 * our weights per second divided by its. Of formats in which the rows of several are interleaved, taking them apart is timed too.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { bytesPerRow, decodeRows, encodeRows, formats, isFormatName, repackRows } from '../dist/index.js';

/** A row as long as those of a model of some billion weights, and as many as fit the cache of one core. */
const COLUMNS = 4096;
const ROWS = 16;
const SECONDS = 0.5;
/** The first piece of every golden file: that many packed rows, then the decoded ones. */
const GOLDEN = { rows: 2, columns: 1536 };
/** Below it the compiler has not seen enough of a loop. */
const WARM_UP_ROUNDS = 20;
/** The peer counts in gibibytes of floats. */
const MILLIONS_PER_GIBIBYTE = 2 ** 30 / 4 / 1e6;

/** @typedef {import('../dist/index.js').FormatDefinition} Format */

/** @param {string} name @returns {Buffer | undefined} */
function golden(name) {
  const file = new URL(`../test/goldens/${name}.bin`, import.meta.url);
  return existsSync(file) ? readFileSync(file) : undefined;
}

/** @param {Uint8Array} a @param {Uint8Array} b */
const areEqual = (a, b) => Buffer.compare(a, b) === 0;

/** Decoding equals the golden rows; a format without them gives back the bytes it read. @param {Format} format */
function decodesRightly(format) {
  if (format.interleaved !== undefined) return comesApartRightly(format, format.interleaved);
  const { rows, columns } = GOLDEN;
  const length = rows * bytesPerRow(format, columns);
  const fixture = golden(format.name);
  const bytes = Uint8Array.from((fixture ?? golden('inputs') ?? Buffer.alloc(0)).subarray(0, length));
  const decoded = new Float32Array(rows * columns);
  decodeRows(format, bytes, columns, decoded);
  if (fixture !== undefined)
    return areEqual(new Uint8Array(decoded.buffer), fixture.subarray(length, length + decoded.byteLength));
  const again = new Uint8Array(length);
  encodeRows(format, decoded, columns, undefined, again);
  return areEqual(again, bytes);
}

/** @param {Format} format @param {NonNullable<Format['interleaved']>} interleaved */
function comesApartRightly(format, { rows, single }) {
  const inputs = Uint8Array.from(golden('inputs')?.subarray(0, 4 * rows * COLUMNS) ?? []);
  const weights = new Float32Array(rows * COLUMNS);
  weights.set(new Float32Array(inputs.buffer).subarray(0, weights.length));
  const ones = new Float32Array(COLUMNS).fill(1);
  const bytes = new Uint8Array(rows * bytesPerRow(format, COLUMNS));
  encodeRows(format, weights, COLUMNS, ones, bytes);
  const singles = new Uint8Array(rows * bytesPerRow(single, COLUMNS));
  encodeRows(single, weights, COLUMNS, ones, singles);
  const decoded = new Float32Array(rows * COLUMNS);
  decodeRows(format, bytes, COLUMNS, decoded);
  const expected = new Float32Array(rows * COLUMNS);
  decodeRows(single, singles, COLUMNS, expected);
  return areEqual(new Uint8Array(decoded.buffer), new Uint8Array(expected.buffer));
}

/** Millions of weights per second. @param {() => void} round that goes over ROWS rows of COLUMNS */
function time(round) {
  for (let i = 0; i < WARM_UP_ROUNDS; i++) round();
  const start = performance.now();
  let rounds = 0;
  for (; performance.now() - start < 1000 * SECONDS; rounds++) round();
  return (rounds * ROWS * COLUMNS) / 1000 / (performance.now() - start);
}

/** @param {Format} format */
function timeDecoding(format) {
  const bytes = someBytes(format);
  const out = new Float32Array(ROWS * COLUMNS);
  return time(() => {
    decodeRows(format, bytes, COLUMNS, out);
  });
}

/** @param {Format} format @param {NonNullable<Format['interleaved']>} interleaved */
function timeTakingApart(format, { single }) {
  const bytes = someBytes(format);
  const out = new Uint8Array(ROWS * bytesPerRow(single, COLUMNS));
  return time(() => {
    repackRows(format, single, bytes, COLUMNS, out);
  });
}

/** Codes that are no scales beyond measure. @param {Format} format */
function someBytes(format) {
  return Uint8Array.from(
    { length: ROWS * bytesPerRow(format, COLUMNS) },
    (_, i) => (i * 37 + i * i * 11) & 0x3b,
  );
}

/** Millions of weights per second of the peer's decoder. @param {string} program @param {string} name */
function timePeer(program, name) {
  const options = ['--op', 'dequantize_row_q', '--type', name, '--size', String(ROWS * COLUMNS), '-i', '200'];
  const { stdout } = spawnSync(program, options, { encoding: 'utf8' });
  const gibibytes = /float32 throughput\s*:\s*([\d.]+)/.exec(stdout)?.[1];
  return gibibytes === undefined ? undefined : Number(gibibytes) * MILLIONS_PER_GIBIBYTE;
}

/** @param {number | undefined} number @param {number} digits */
const cell = (number, digits) => (number?.toFixed(digits) ?? '').padStart(9);

const { values, positionals } = parseArgs({ options: { peer: { type: 'string' } }, allowPositionals: true });
const names = positionals.length === 0 ? Object.keys(formats) : positionals;
process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, one core; millions of weights a second\n` +
    `${'format'.padEnd(12)}${['decode', 'peer', 'ratio', 'apart'].map((word) => word.padStart(9)).join('')}\n`,
);
for (const name of names) {
  if (!isFormatName(name)) throw new Error(`There is no format ${name}`);
  const format = formats[name];
  if (!decodesRightly(format)) throw new Error(`${name} does not decode as it should; nothing is timed`);
  const ours = timeDecoding(format);
  const peer = values.peer === undefined ? undefined : timePeer(values.peer, name);
  const apart = format.interleaved && timeTakingApart(format, format.interleaved);
  const ratio = peer && ours / peer;
  process.stdout.write(
    `${name.padEnd(12)}${cell(ours, 0)}${cell(peer, 0)}${cell(ratio, 2)}${cell(apart, 1)}\n`,
  );
}
