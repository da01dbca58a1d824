/**
 * How fast rows encode on one core, on each backend: first checks that the bytes are those of the reference, then times.
 *
 *     npx turbo run build --filter=@halftone/tensor-kernels
 *     node packages/tensor-kernels/bench/encode.mjs [--formats q6_K,iq4_k] [--backends native,wasm]
 *         [--peer LLAMA-QUANTIZE [--threads 2] [--turns 1] [--layers 2] [--columns 2048]]
 *
 * Speeds are Mweights per second of processor time, of which another program on the machine takes none. "error" is the weighted
 * square error as a part of the weighted energy.
 *
 * With `--peer`, ./peer.mjs goes on: the peer and the native backend encode the same synthetic model in turn, with importance.
 */
import { bytesPerRow, decodeRows, formatNames, formats, isFormatName } from '@halftone/quant-formats';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { referenceBackend } from '../dist/index.js';
import { backendReport, nativeInstructionSets, openBackend, openNative } from '../dist/node.js';
import { comparePeer } from './peer.mjs';

/** @typedef {import('../dist/index.js').Backend} Backend */
/** @typedef {import('@halftone/quant-formats').FormatName} FormatName */

/** A row as long as those of a model of some billion weights; as many as a window of the quantizer has. */
const COLUMNS = 4096;
const ROWS = 64;
/** The reference is slow and its speed is steady: fewer rows tell it. */
const REFERENCE_ROWS = 8;
const SECONDS = 0.5;

/** Bell-shaped numbers. @param {number} length @param {(sum: number) => number} shape */
function noise(length, shape) {
  let state = 1;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return Float32Array.from({ length }, () => shape(random() + random() + random() + random() - 2));
}

const weights = noise(ROWS * COLUMNS, (sum) => 0.02 * sum);
const importance = noise(COLUMNS, (sum) => sum ** 4 + 0.01);

function processorSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Mweights per second of processor time. @param {number} count @param {() => void} work */
function speed(count, work) {
  // The compiler of JavaScript needs some rounds to see what the loops do.
  for (let round = 0; round < 3; round++) work();
  const start = processorSeconds();
  let rounds = 0;
  for (; processorSeconds() - start < SECONDS; rounds++) work();
  return (rounds * count) / 1e6 / (processorSeconds() - start);
}

/** @param {Backend} backend @param {FormatName} name @param {number} rows */
function encode(backend, name, rows) {
  const out = new Uint8Array(rows * bytesPerRow(formats[name], COLUMNS));
  backend.encodeRows(name, weights.subarray(0, rows * COLUMNS), COLUMNS, importance, out);
  return out;
}

/** @param {Backend} backend @param {FormatName} name @param {Uint8Array} bytes */
function relativeError(backend, name, bytes) {
  const decoded = new Float32Array(weights.length);
  decodeRows(formats[name], bytes, COLUMNS, decoded);
  const { weightedError, weightedEnergy } = backend.squareErrors(weights, decoded, COLUMNS, importance);
  return weightedError / weightedEnergy;
}

/** @param {Backend} reference @param {readonly (readonly [string, Backend])[]} backends @param {FormatName} name */
function row(reference, backends, name) {
  const expected = encode(reference, name, REFERENCE_ROWS);
  const slow = speed(REFERENCE_ROWS * COLUMNS, () => encode(reference, name, REFERENCE_ROWS));
  const cells = backends.map(([label, backend]) => {
    const bytes = encode(backend, name, ROWS);
    if (Buffer.compare(bytes.subarray(0, expected.length), expected) !== 0) {
      throw new Error(`${label} encodes ${name} otherwise than the reference; nothing is timed`);
    }
    const encodes = speed(weights.length, () => encode(backend, name, ROWS));
    const decoded = new Float32Array(weights.length);
    const decodes = speed(weights.length, () => backend.decodeRows(name, bytes, COLUMNS, decoded));
    return `${label} ${encodes.toFixed(0).padStart(5)} (${(encodes / slow).toFixed(0)}x; decode ${decodes.toFixed(0)})`;
  });
  const error = relativeError(reference, name, encode(backends[0]?.[1] ?? reference, name, ROWS));
  return `${name.padEnd(8)} error ${error.toExponential(3)}  reference ${slow.toFixed(1).padStart(5)}  ${cells.join('  ')}\n`;
}

/** @param {readonly string[]} asked @returns {Promise<(readonly [string, Backend])[]>} */
async function openAsked(asked) {
  const report = await backendReport();
  /** @type {(readonly [string, Backend])[]} */
  const opened = [];
  for (const { name, isAvailable } of report) {
    if (!isAvailable || name === 'reference' || !asked.includes(name)) continue;
    if (name === 'wasm') opened.push([name, await openBackend(name)]);
    else for (const set of nativeInstructionSets()) opened.push([set, openNative('to measure', set)]);
  }
  return opened;
}

const { values } = parseArgs({
  options: {
    formats: { type: 'string', default: formatNames.join(',') },
    backends: { type: 'string', default: 'native,wasm' },
    peer: { type: 'string' },
    threads: { type: 'string', default: '2' },
    turns: { type: 'string', default: '1' },
    layers: { type: 'string', default: '2' },
    columns: { type: 'string', default: '2048' },
  },
});
const asked = values.formats.split(',').filter(isFormatName);
const backends = await openAsked(values.backends.split(','));
process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, one core, Mweights/s\n`,
);
for (const name of asked) process.stdout.write(row(referenceBackend('to compare with'), backends, name));
if (values.peer !== undefined) {
  await comparePeer({
    peer: values.peer,
    names: asked,
    threads: Number(values.threads),
    turns: Number(values.turns),
    layers: Number(values.layers),
    importance: noise(Number(values.columns), (sum) => sum ** 4 + 0.01),
  });
}
