/**
 * Tries that a killed `halftone quantize` goes on and gives the same bytes:
 *
 *     pnpm kill-and-resume [--kills N] [--model FILE] [--recipe FILE] [--imatrix FILE] [--type FTYPE] [--threads N] [--seed N]
 *
 * Quantizes once without a kill, for the time that it takes and for the SHA-256. Then it quantizes to another file, kills the process
 * (SIGKILL) at a random moment of that time and starts the same command again, until it was killed N times (20 if not given); the last
 * run may end. Where a run ends before its moment has come, the next one begins anew. Every file that was ever finished must have the
 * same SHA-256. Without `--model`, the demo model with its recipe and importance matrix is quantized. The same seed gives the same
 * random numbers, not the same moments: how far a process has come by then is up to the machine.
 */

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { demoModel } from '@halftone/demo-model';
import { root } from './command.mjs';

const command = path.join(root, 'apps/cli/dist/index.js');

/** How a run ended; `resumed`: tensors that a run before had finished. @typedef {{ code: number | null, resumed: number, seconds: number }} Run */

/**
 * @param {readonly string[]} words
 * @param {number} [killAfter] Seconds.
 * @returns {Promise<Run>} `code` is null for a process that was killed.
 */
async function quantize(words, killAfter) {
  const start = performance.now();
  const child = spawn(process.execPath, [command, 'quantize', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const timer =
    killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter * 1000);
  let told = '';
  child.stderr.on('data', (/** @type {Buffer} */ chunk) => (told += chunk.toString()));
  /** @type {number | null} */
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearTimeout(timer);
  if (code !== null && code !== 0) throw new Error(`halftone quantize failed:\n${told}`);
  const resumed = Number(/goes on: (\d+) of/.exec(told)?.[1] ?? 0);
  return { code, resumed, seconds: (performance.now() - start) / 1000 };
}

/** @param {string} file @returns {Promise<string>} */
async function sha256(file) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Numbers from 0 to 1, the same for the same seed. @param {number} seed @returns {() => number} */
function randomNumbers(seed) {
  let state = seed;
  return () => {
    // The generator of Numerical Recipes; its high bits are good enough for moments.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @param {string} name @param {string} text @returns {number} */
function wholeNumber(name, text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} needs a whole number from 1, not ${text}.`);
  return Number(text);
}

function readOptions() {
  const string = /** @type {const} */ ({ type: 'string' });
  const { values } = parseArgs({
    options: {
      kills: string,
      model: string,
      recipe: string,
      imatrix: string,
      type: string,
      threads: string,
      seed: string,
    },
  });
  const isDemo = values.model === undefined;
  const recipe = values.recipe ?? (isDemo ? fileURLToPath(demoModel.recipe) : undefined);
  const imatrix = values.imatrix ?? (isDemo ? fileURLToPath(demoModel.importanceMatrix) : undefined);
  const model = values.model ?? fileURLToPath(demoModel.model);
  return {
    kills: wholeNumber('kills', values.kills ?? '20'),
    seed: wholeNumber('seed', values.seed ?? '1'),
    /** @param {string} output */
    words: (output) => [
      ...(recipe === undefined ? [] : ['--recipe', recipe]),
      ...(imatrix === undefined ? [] : ['--imatrix', imatrix]),
      ...(values.threads === undefined ? [] : ['--threads', values.threads]),
      model,
      output,
      values.type ?? 'IQ4_KSS',
    ],
  };
}

/**
 * @param {string} folder Where the files go.
 * @returns {Promise<void>} Fails when a file differs, or when anything is left beside it.
 */
async function killAndResume(folder) {
  const { kills, seed, words } = readOptions();
  const output = path.join(folder, 'killed.gguf');
  const whole = path.join(folder, 'whole.gguf');
  let { seconds } = await quantize(words(whole));
  const expected = await sha256(whole);
  console.log(`without a kill: ${seconds.toFixed(2)} s, sha256 ${expected}`);
  const random = randomNumbers(seed);
  let finished = 0;
  for (let killed = 0; killed < kills || !existsSync(output);) {
    const killAfter = killed < kills ? random() * seconds : undefined;
    // What was finished was compared: the next run begins anew.
    rmSync(output, { force: true });
    const run = await quantize(words(output), killAfter);
    const ended = run.code === null ? `killed (${++killed})` : 'finished';
    console.log(`${ended} after ${run.seconds.toFixed(2)} s; ${run.resumed} tensors were there before`);
    // Other work on the machine makes runs longer: a moment should lie within a run that is not slowed down.
    if (run.code === 0 && run.resumed === 0) seconds = Math.min(seconds, run.seconds);
    if (!existsSync(output)) continue;
    finished++;
    if ((await sha256(output)) !== expected) throw new Error(`${output} has other bytes.`);
  }
  // A process that is killed behind the last step leaves its journal and its lock; the next run removes them.
  await quantize(words(output));
  if ((await sha256(output)) !== expected) throw new Error(`${output} has other bytes.`);
  const left = readdirSync(folder).filter((name) => !['killed.gguf', 'whole.gguf'].includes(name));
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  console.log(`${kills} kills, ${finished} files finished in between, all with the same bytes`);
}

const folder = mkdtempSync(path.join(tmpdir(), 'halftone-kills-'));
try {
  await killAndResume(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
