/**
 * The peer and the native backend encode the same synthetic model, in turn, on the same number of threads.
 *
 * The peer's time is the one it tells ("quantize time"). Ours is that of worker threads that read the rows from the file, restore
 * them, look for bad weights, encode, decode again and take the square errors: what the quantizer does with a window of rows. Only
 * the peer writes its output.
 */
import { formats } from '@halftone/quant-formats';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** @typedef {import('@halftone/quant-formats').FormatName} FormatName */
/** @typedef {{ peer: string, names: readonly FormatName[], threads: number, layers: number }} Comparison */

/** Rows of a matrix of the model. The size of its vocabulary does not matter here. */
const COLUMNS = 2048;

/** The peer encodes each matrix of the model, told how many bytes it wrote. @param {string} peer @param {string} model */
function timePeer(peer, model, /** @type {string} */ name, /** @type {number} */ threads) {
  const out = `${model}.out`;
  const told = execFileSync(peer, ['--pure', model, out, name.toUpperCase(), String(threads)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 2 ** 26,
  });
  rmSync(out);
  const [, milliseconds] = /quantize time = +([\d.]+) ms/.exec(told) ?? [];
  if (milliseconds === undefined) throw new Error(`${peer} does not tell its time`);
  return Number(milliseconds) / 1000;
}

/** @param {string} model @param {FormatName} name @param {number} threads @param {number} rows */
async function timeOurs(model, name, threads, rows) {
  const share = Math.ceil(rows / threads);
  const workers = Array.from({ length: threads }, (_, thread) => {
    const range = { first: thread * share, end: Math.min(rows, (thread + 1) * share) };
    return new Worker(new URL('peer-worker.mjs', import.meta.url), {
      workerData: { model, name, columns: COLUMNS, ...range },
    });
  });
  // Threads start and try their backend first: a quantizer does that once for all tensors.
  await Promise.all(workers.map((worker) => message(worker)));
  const start = performance.now();
  const done = workers.map((worker) => message(worker));
  for (const worker of workers) worker.postMessage('go');
  await Promise.all(done);
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return seconds;
}

/** @param {Worker} worker @returns {Promise<unknown>} */
function message(worker) {
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}

/** @param {Comparison} comparison */
export async function comparePeer({ peer, names, threads, layers }) {
  const folder = mkdtempSync(path.join(tmpdir(), 'halftone-bench-'));
  try {
    const model = path.join(folder, 'model.gguf');
    const maker = fileURLToPath(new URL('../../../tools/make-model.mjs', import.meta.url));
    process.stdout.write(
      execFileSync(process.execPath, [maker, '--out', model, '--layers', String(layers)], {
        encoding: 'utf8',
      }),
    );
    // Nearly all of the file is weights of two bytes.
    const rows = Math.floor(statSync(model).size / 2 / COLUMNS) - 1024;
    for (const name of names.filter((one) => formats[one].search !== undefined)) {
      const theirs = timePeer(peer, model, name, threads);
      const ours = await timeOurs(model, name, threads, rows);
      process.stdout.write(
        `${name.padEnd(8)} ${threads} threads: peer ${theirs.toFixed(1)} s, native ${ours.toFixed(2)} s, ratio ${(theirs / ours).toFixed(1)}\n`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
