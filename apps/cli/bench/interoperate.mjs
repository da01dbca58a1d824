/**
 * Files that we write in llama.cpp's types, read by llama.cpp itself: each loads, goes on with a text, makes the same tokens of it, and predicts
 * what we predict from the same file. llama.cpp is the one inside node-llama-cpp, which is no dependency, for it would bring 725 MB: it is
 * installed anywhere, without scripts and for the processor alone.
 *
 *     npm i --prefix /tmp/nlc --ignore-scripts --omit=optional node-llama-cpp@3.22.1 @node-llama-cpp/linux-x64@3.22.1
 *     npx turbo run build --filter=@halftone/cli
 *     node apps/cli/bench/interoperate.mjs --library /tmp/nlc/node_modules/node-llama-cpp
 *
 * Without a model it takes the demo model's. `same` is the share of the places at which both have the same likeliest next token; `ours`
 * and `theirs` are the perplexities over those places, and `apart` how far theirs is from ours. llama.cpp rounds activations to 8 bits, so it is not 0;
 * with `--exact` each file is written in f32 before both read it, and what is left is what they compute otherwise.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { demoModel } from '@halftone/demo-model';
import { openModel } from '@halftone/runtime/node';

const MIXTURE = ['--mixture', 'llama.cpp'];
/** [file type, options]. As a type of all matrices, mxfp4 is known by name to ik_llama.cpp alone; llama.cpp loads it all the same. */
const FILES = [
  ...[
    'Q4_K_M',
    'IQ4_XS',
    'Q6_K',
    'IQ2_XXS',
    'IQ3_S',
    'MXFP4_MOE',
    'Q8_0',
    'Q2_K',
    'Q5_K_S',
    'IQ3_XXS',
    'IQ2_S',
    'IQ1_M',
    'IQ4_NL',
  ].map((type) => /** @type {const} */ ([type, MIXTURE])),
  /** @type {const} */ (['MXFP4', ['--pure']]),
];
const TOKENS = 1024;
const MIN_SAME = 0.9;
/** The largest difference of the perplexities: of packed weights, and of the same weights in f32. */
const MAX_APART = { packed: 0.015, exact: 0.003 };

const { values } = parseArgs({
  options: {
    library: { type: 'string' },
    model: { type: 'string' },
    imatrix: { type: 'string' },
    exact: { type: 'boolean', default: false },
    child: { type: 'string' },
  },
});
const { library } = values;
if (library === undefined) throw new Error('--library is missing: the folder of node-llama-cpp');

/** What one of the two reads; `perplexity` is over every token but the first. */
/** @typedef {{ tokens: number[], likeliest: number[], perplexity: number, text: string }} Reading */
/** @typedef {{ file: string, text: string, tokens: number[] }} Question */
/**
 * What is used of node-llama-cpp.
 *
 * @typedef {[token: number, options: { generateNext: { probabilities: true } }]} Asked
 * @typedef {object} Sequence
 * @property {(tokens: Asked[]) => Promise<{ next: { probabilities: Map<number, number> } }[]>} controlledEvaluate
 * @property {() => Promise<void>} clearHistory
 * @property {(tokens: number[], options: { temperature: number }) => AsyncIterable<number>} evaluate
 * @typedef {object} LlamaModel
 * @property {(options: { contextSize: number }) => Promise<{ getSequence: () => Sequence }>} createContext
 * @property {(text: string) => number[]} tokenize
 * @property {(tokens: number[]) => string} detokenize
 * @typedef {{ loadModel: (options: { modelPath: string }) => Promise<LlamaModel> }} Llama
 * @typedef {{ getLlama: (options: object) => Promise<Llama> }} NodeLlamaCpp
 */

/** @param {string} text @returns {unknown} */
function parsed(text) {
  return JSON.parse(text);
}

/**
 * @param {readonly number[]} tokens
 * @param {(place: number, token: number) => number} probability What was given at a place to the token that follows it.
 */
function perplexityOf(tokens, probability) {
  const [, ...following] = tokens;
  const sum = following.reduce((total, token, place) => total - Math.log(probability(place, token)), 0);
  return Math.exp(sum / following.length);
}

/** What llama.cpp makes of a file; in a process of its own. @param {string} folder @returns {Promise<Reading>} */
async function readThere(folder) {
  const { file, text, tokens } = /** @type {Question} */ (
    parsed(readFileSync(join(folder, 'question.json'), 'utf8'))
  );
  const entry = pathToFileURL(join(String(library), 'dist', 'index.js'));
  /** @type {unknown} */
  const imported = await import(entry.href);
  const { getLlama } = /** @type {NodeLlamaCpp} */ (imported);
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    skipDownload: true,
    logLevel: 'error',
    maxThreads: 2,
  });
  const model = await llama.loadModel({ modelPath: file });
  const context = await model.createContext({ contextSize: 2 * TOKENS });
  const sequence = context.getSequence();
  const rows = await sequence.controlledEvaluate(
    tokens.map((token) => [token, { generateNext: { probabilities: true } }]),
  );
  // The likeliest comes first.
  const likeliest = rows.map(({ next }) => [...next.probabilities.keys()][0] ?? -1);
  const perplexity = perplexityOf(tokens, (place, token) => rows[place]?.next.probabilities.get(token) ?? 0);
  await sequence.clearHistory();
  const spoken = [];
  for await (const token of sequence.evaluate(tokens.slice(0, 32), { temperature: 0 })) {
    spoken.push(token);
    if (spoken.length === 24) break;
  }
  return { tokens: model.tokenize(text), likeliest, perplexity, text: model.detokenize(spoken) };
}

/** What we predict after each token. @param {string} file @param {string} text */
async function readHere(file, text) {
  const { model, close } = await openModel(file);
  try {
    const tokens = model.tokenizer.encode(text).slice(0, TOKENS);
    const session = model.openSession({ contextLength: TOKENS });
    /** @type {number[]} */
    const likeliest = [];
    /** @type {number[]} */
    const ofFollowing = [];
    for await (const { logits } of session.rows(
      [{ sequence: session.createSequence(), tokens, logits: 'all' }],
      {},
    )) {
      const best = logits.reduce((at, logit, token) => (logit > (logits[at] ?? -Infinity) ? token : at), 0);
      const top = logits[best] ?? 0;
      const total = logits.reduce((sum, logit) => sum + Math.exp(logit - top), 0);
      likeliest.push(best);
      ofFollowing.push(Math.exp((logits[tokens[likeliest.length] ?? best] ?? 0) - top) / total);
    }
    await session.close();
    const perplexity = perplexityOf([...tokens], (place) => ofFollowing[place] ?? 0);
    return { tokens: [...tokens], likeliest, perplexity };
  } finally {
    await close();
  }
}

/** @param {string[]} words */
function run(words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { failed: status !== 0, stdout, said: stderr.trim().split('\n').slice(-3).join(' | ') };
}

/** @param {string} folder @param {string} type @param {readonly string[]} options @returns {Promise<string>} what is wrong, if anything */
async function tryFile(folder, type, options) {
  const file = join(folder, `${type}.gguf`);
  const cli = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const imatrix = values.imatrix ?? fileURLToPath(demoModel.importanceMatrix);
  const source = values.model ?? fileURLToPath(demoModel.model);
  const made = run([cli, 'quantize', ...options, '--imatrix', imatrix, source, file, type, '2']);
  if (made.failed) return `not written: ${made.said}`;
  if (values.exact) {
    const unpacked = join(folder, 'unpacked.gguf');
    const { failed, said } = run([cli, 'quantize', '--allow-requantize', file, unpacked, 'F32', '2']);
    if (failed) return `not unpacked: ${said}`;
    renameSync(unpacked, file);
  }
  const text = readFileSync(demoModel.validationText, 'utf8').slice(0, 8 * TOKENS);
  const ours = await readHere(file, text);
  writeFileSync(join(folder, 'question.json'), JSON.stringify({ file, text, tokens: ours.tokens }));
  const read = run([fileURLToPath(import.meta.url), '--library', String(library), '--child', folder]);
  if (read.failed) return `not read: ${read.said}`;
  const theirs = /** @type {Reading} */ (parsed(read.stdout.slice(read.stdout.indexOf('{"tokens"'))));
  const count = ours.likeliest.length;
  const same = ours.likeliest.filter((token, place) => token === theirs.likeliest[place]).length / count;
  const apart = theirs.perplexity / ours.perplexity - 1;
  const size = (statSync(file).size / 1e6).toFixed(1);
  console.log(
    [
      type.padEnd(10),
      `${size} MB`.padStart(8),
      same.toFixed(3),
      ours.perplexity.toFixed(3).padStart(7),
      theirs.perplexity.toFixed(3).padStart(7),
      `${(100 * apart).toFixed(3)} %`.padStart(8),
      JSON.stringify(theirs.text),
    ].join('  '),
  );
  // Theirs come without the token that begins a text.
  const [, ...words] = ours.tokens;
  if (words.some((token, place) => token !== theirs.tokens[place])) return 'other tokens of the same text';
  if (theirs.text === '') return 'it says nothing';
  return same < MIN_SAME || Math.abs(apart) > MAX_APART[values.exact ? 'exact' : 'packed']
    ? 'predictions differ'
    : '';
}

if (values.child !== undefined) {
  process.stdout.write(JSON.stringify(await readThere(values.child)));
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), 'halftone-interoperate-'));
try {
  console.log('type           size   same     ours   theirs     apart  it goes on with');
  for (const [type, options] of FILES) {
    const wrong = await tryFile(folder, type, options);
    if (wrong === '') continue;
    console.error(`${type}: ${wrong}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}
