/**
 * The peer and the native backend encode the same synthetic model, in turn, on the same number of threads, with the same importance.
 *
 * The peer's seconds are the ones it tells ("quantize time"); its processor seconds are those of its whole run. Ours are those of worker
 * threads that read the rows from the file, restore them, look for bad weights, encode, decode again and take the square errors: what
 * the quantizer does with a window of rows. Only the peer writes its output. Of several turns the quickest counts.
 */
import { formats } from '@halftone/quant-formats';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** @typedef {import('@halftone/quant-formats').FormatName} FormatName */
/** @typedef {{ peer: string, names: readonly FormatName[], threads: number, turns: number, layers: number, importance: Float32Array }} Comparison */
/** @typedef {{ wall: number, processor: number }} Seconds */

/** More than the header of the model and its vocabulary take. */
const MOST_HEADER_BYTES = 2 ** 22;

/** The matrices of a model and how many columns they have, found in its header by their names. @param {string} model */
function matricesOf(model) {
  const file = openSync(model, 'r');
  const header = Buffer.alloc(MOST_HEADER_BYTES);
  readSync(file, header, 0, header.length, 0);
  closeSync(file);
  return [...header.toString('latin1').matchAll(/[a-z\d_.]+\.weight/g)]
    .map(({ 0: name, index }) => ({ name, dimensionsAt: index + name.length }))
    .filter(({ dimensionsAt }) => header.readUInt32LE(dimensionsAt) === 2)
    .map(({ name, dimensionsAt }) => ({ name, columns: header.readUInt32LE(dimensionsAt + 4) }));
}

/** A file of importance as the peer reads it. @param {string} model @param {Float32Array} importance */
function writeImportance(model, importance) {
  const int = (/** @type {number} */ value) => Buffer.from(Int32Array.of(value).buffer);
  const matrices = matricesOf(model);
  const entries = matrices.flatMap(({ name, columns }) => {
    const values = Float32Array.from({ length: columns }, (_, i) => importance[i % importance.length] ?? NaN);
    const calls = 1;
    return [int(name.length), Buffer.from(name), int(calls), int(columns), Buffer.from(values.buffer)];
  });
  const file = `${model}.importance`;
  writeFileSync(file, Buffer.concat([int(matrices.length), ...entries]));
  return file;
}

/**
 * The peer encodes each matrix of the model.
 *
 * @param {string} peer @param {string} model @param {string} name @param {number} threads @returns {Seconds}
 */
function timePeer(peer, model, name, threads) {
  const out = `${model}.out`;
  const options = [
    '--pure',
    '--imatrix',
    `${model}.importance`,
    model,
    out,
    name.toUpperCase(),
    String(threads),
  ];
  // The shell tells the processor seconds of what it ran, on its last line.
  const told = execFileSync('sh', ['-c', '"$@" && times', 'sh', peer, ...options], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: path.dirname(model),
    maxBuffer: 2 ** 26,
  });
  rmSync(out);
  const [, milliseconds] = /quantize time = +([\d.]+) ms/.exec(told) ?? [];
  const [, minutes, seconds] = /(\d+)m([\d.]+)s \S+\s*$/.exec(told) ?? [];
  if (milliseconds === undefined || seconds === undefined) throw new Error(`${peer} does not tell its time`);
  return { wall: Number(milliseconds) / 1000, processor: 60 * Number(minutes) + Number(seconds) };
}

/**
 * @param {string} model @param {FormatName} name @param {number} threads @param {Float32Array} importance
 * @returns {Promise<Seconds>}
 */
async function timeOurs(model, name, threads, importance) {
  // Nearly all of the file is weights of two bytes.
  const rows = Math.floor(statSync(model).size / 2 / importance.length) - 1024;
  const share = Math.ceil(rows / threads);
  const workers = Array.from({ length: threads }, (_, thread) => {
    const range = { first: thread * share, end: Math.min(rows, (thread + 1) * share) };
    return new Worker(new URL('peer-worker.mjs', import.meta.url), {
      workerData: { model, name, importance, ...range },
    });
  });
  // Threads start and try their backend first: a quantizer does that once for all tensors.
  await Promise.all(workers.map((worker) => message(worker)));
  const start = performance.now();
  const before = process.cpuUsage();
  const done = workers.map((worker) => message(worker));
  for (const worker of workers) worker.postMessage('go');
  await Promise.all(done);
  const wall = (performance.now() - start) / 1000;
  const { user } = process.cpuUsage(before);
  await Promise.all(workers.map((worker) => worker.terminate()));
  return { wall, processor: user / 1e6 };
}

/** @param {Worker} worker @returns {Promise<unknown>} */
function message(worker) {
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

/** @param {Seconds} one @param {Seconds} other @returns {Seconds} */
function quickest(one, other) {
  return { wall: Math.min(one.wall, other.wall), processor: Math.min(one.processor, other.processor) };
}

/** @param {FormatName} name @param {number} weights @param {Seconds} theirs @param {Seconds} ours */
function line(name, weights, theirs, ours) {
  const speed = (/** @type {Seconds} */ { processor }) => (weights / 1e6 / processor).toFixed(2);
  const processor = `processor ${theirs.processor.toFixed(1)} / ${ours.processor.toFixed(2)} s = ${(theirs.processor / ours.processor).toFixed(1)}`;
  const wall = `wall ${theirs.wall.toFixed(1)} / ${ours.wall.toFixed(2)} s = ${(theirs.wall / ours.wall).toFixed(1)}`;
  return `${name.padEnd(8)} peer ${speed(theirs)}, native ${speed(ours)} Mweights per processor second; ${processor}; ${wall}\n`;
}

/** @param {Comparison} comparison */
export async function comparePeer({ peer, names, threads, turns, layers, importance }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'halftone-bench-'));
  try {
    const model = path.join(folder, 'model.gguf');
    const maker = fileURLToPath(new URL('../../../tools/make-model.mjs', import.meta.url));
    const size = ['--layers', String(layers), '--embedding', String(importance.length)];
    process.stdout.write(
      execFileSync(process.execPath, [maker, '--out', model, ...size], { encoding: 'utf8' }),
    );
    writeImportance(model, importance);
    const weights = statSync(model).size / 2;
    for (const name of names.filter((one) => formats[one].search !== undefined)) {
      let theirs = { wall: Infinity, processor: Infinity };
      let ours = theirs;
      for (let turn = 0; turn < turns; turn++) {
        theirs = quickest(theirs, timePeer(peer, model, name, threads));
        ours = quickest(ours, await timeOurs(model, name, threads, importance));
      }
      process.stdout.write(line(name, weights, theirs, ours));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
