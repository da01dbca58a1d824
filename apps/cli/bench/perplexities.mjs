/**
 * Whether a build of ik_llama.cpp reads from our files the weights that we read: one file for each type, all its matrices in that type, by
 * `halftone quantize --pure`; its perplexity here and there; and once more there, with the weights as our decoder restores them, in f32. The last one is free of
 * the rounding of the peer's products, so it must be ours.
 *
 *     npx turbo run build --filter=@halftone/cli
 *     node apps/cli/bench/perplexities.mjs --peer FOLDER-OF-PROGRAMS --model model.gguf --imatrix model.imatrix.dat --text text.txt [TYPE…]
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** The file types of llama-quantize whose main types are known to both programs, and are for models that were not trained for them. */
const TYPES = [
  ...['Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q6_0', 'Q8_0', 'Q8_KV', 'Q2_K', 'Q3_K_S', 'Q4_K_S', 'Q5_K_S', 'Q6_K'],
  ...['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ2_M', 'IQ3_XXS', 'IQ3_S', 'IQ4_NL', 'IQ4_XS', 'MXFP4'],
  ...[
    'IQ2_K',
    'IQ3_K',
    'IQ4_K',
    'IQ5_K',
    'IQ6_K',
    'IQ2_KS',
    'IQ3_KS',
    'IQ4_KS',
    'IQ4_KSS',
    'IQ5_KS',
    'IQ2_KL',
  ],
  ...['IQ1_KT', 'IQ2_KT', 'IQ3_KT', 'IQ4_KT'],
];
const CHUNKS = ['-c', '512', '--chunks', '10'];

const { values, positionals } = parseArgs({
  options: {
    peer: { type: 'string' },
    model: { type: 'string' },
    imatrix: { type: 'string' },
    text: { type: 'string' },
  },
  allowPositionals: true,
});
const peer = needed('peer');
const model = needed('model');
const imatrix = needed('imatrix');
const text = needed('text');
const halftone = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'halftone-perplexities-'));

/** @param {keyof typeof values} option */
function needed(option) {
  const path = values[option];
  if (path === undefined) throw new Error(`--${option} is needed`);
  return resolve(path);
}

/** @param {string} program @param {string[]} args */
function run(program, args) {
  // The peer leaves a log where it runs.
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${stderr.slice(-2000)}`);
  return stdout + stderr;
}

/** @param {string[]} args */
const ours = (...args) => run(process.execPath, [halftone, ...args]);

/** @param {string} file */
function perplexityHere(file) {
  const told = ours('perplexity', '--json', '-m', file, '-f', text, ...CHUNKS);
  return Number(/"perplexity": ([\d.]+)/.exec(told)?.[1] ?? NaN);
}

/** @param {string} file */
function perplexityThere(file) {
  const told = run(join(peer, 'llama-perplexity'), ['-m', file, '-f', text, ...CHUNKS]);
  return Number(/Final estimate: PPL .*? = ([\d.]+)/.exec(told)?.[1] ?? NaN);
}

/** @param {number} a @param {number} b */
const percent = (a, b) => `${(100 * (a / b - 1)).toFixed(2)} %`.padStart(9);

process.stdout.write('type          here   there, decoded            there, packed\n');
let worst = 0;
try {
  for (const type of positionals.length === 0 ? TYPES : positionals) {
    const [packed, decoded] = [join(folder, 'packed.gguf'), join(folder, 'decoded.gguf')];
    ours('quantize', '--pure', '--imatrix', imatrix, model, packed, type);
    ours('quantize', '--pure', '--allow-requantize', packed, decoded, 'F32');
    const here = perplexityHere(packed);
    const [free, there] = [perplexityThere(decoded), perplexityThere(packed)];
    worst = Math.max(worst, Math.abs(here / free - 1));
    const cells = [here, free, percent(here, free), there, percent(here, there)];
    const texts = cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(4).padStart(11) : cell));
    process.stdout.write(`${type.padEnd(8)}${texts.join(' ')}\n`);
    for (const file of [packed, decoded]) rmSync(file);
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.stdout.write(`with decoded weights, the two differ by ${(100 * worst).toFixed(3)} % at most\n`);
