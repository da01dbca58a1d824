/**
 * How long a header with a vocabulary of 131,072 tokens and 269,443 merges (the sizes of Devstral Small 2) takes to open;
 * next to it `@huggingface/gguf`, where it is installed in a folder of your choice. Both must read the same before anything is timed.
 *
 *     npx turbo run build --filter=@halftone/gguf-io
 *     mkdir /any/folder && npm install --no-save --prefix /any/folder @huggingface/gguf
 *     node packages/gguf-io/bench/open-header.mjs --peer /any/folder
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeGgufHeader, ggufArray } from '../dist/index.js';
import { openGgufFile } from '../dist/node.js';

const TOKENS = 131_072;
const MERGES = 269_443;
const TENSORS = 363;
const RUNS = 9;

/** @typedef {import('../dist/index.js').GgufFile} GgufFile */
/** @typedef {import('../dist/index.js').GgufValue} GgufValue */

/**
 * What the peer's function gives, as far as it is compared.
 *
 * @typedef {{ metadata: Record<string, unknown>, tensorInfos: { name: string, shape: bigint[] }[] }} PeerFile
 */

/** @typedef {{ gguf: (path: string, options: { allowLocalFile: boolean }) => Promise<PeerFile> }} Peer */
/** @typedef {(path: string) => Promise<PeerFile>} PeerReader */

/**
 * What a reader has read, as plain data; a tensor as `name,columns,rows`.
 *
 * @typedef {{ metadata: Record<string, unknown>, tensors: string[] }} PlainFile
 */

/** A text that differs from number to number, of some 2 to 12 bytes. @param {number} number */
function word(number) {
  return `Ġ${number.toString(36)}${'e'.repeat(number % 7)}`;
}

const numbers = Array.from({ length: TOKENS }, (_, index) => index);
const tokens = numbers.map(word);
const scores = numbers.map((number) => -number / 2);
const types = numbers.map((number) => 1 + (number % 5));
const merges = Array.from({ length: MERGES }, (_, index) => `${word(index)} ${word(index % 997)}`);

function headerBytes() {
  /** @type {Map<string, GgufValue>} */
  const metadata = new Map();
  metadata.set('general.architecture', { type: 'string', value: 'mistral3' });
  metadata.set('tokenizer.ggml.tokens', { type: 'array', value: ggufArray('string', tokens) });
  metadata.set('tokenizer.ggml.scores', { type: 'array', value: ggufArray('float32', scores) });
  metadata.set('tokenizer.ggml.token_type', { type: 'array', value: ggufArray('int32', types) });
  metadata.set('tokenizer.ggml.merges', { type: 'array', value: ggufArray('string', merges) });
  const tensors = Array.from({ length: TENSORS }, (_, index) => ({
    name: `blk.${index}.weight`,
    dimensions: [4096, 2048],
    format: /** @type {const} */ ('bf16'),
  }));
  return encodeGgufHeader({ version: 3, metadata, tensors });
}

/** @param {string} path @returns {Promise<GgufFile>} */
async function open(path) {
  const file = await openGgufFile(path);
  await file.close();
  return file;
}

/** The peer's reader, from the folder where it has been installed. @param {string} folder @returns {Promise<PeerReader>} */
async function peerReader(folder) {
  const entry = createRequire(join(resolve(folder), 'package.json')).resolve('@huggingface/gguf');
  return import(pathToFileURL(entry).href).then(
    (/** @type {Peer} */ { gguf }) =>
      (path) =>
        gguf(path, { allowLocalFile: true }),
  );
}

/** @param {GgufValue} entry @returns {unknown} */
function plainValue({ type, value }) {
  return type === 'array' ? Array.from(/** @type {Iterable<unknown>} */ (value)) : value;
}

/** @param {GgufFile} file @returns {PlainFile} */
function plain({ metadata, tensors }) {
  return {
    metadata: Object.fromEntries(Array.from(metadata, ([key, entry]) => [key, plainValue(entry)])),
    tensors: tensors.map(({ name, dimensions }) => [name, ...dimensions].join()),
  };
}

/** The peer adds keys of its own to the metadata, which are left out. @param {PeerFile} file @param {string[]} keys @returns {PlainFile} */
function plainPeer({ metadata, tensorInfos }, keys) {
  return {
    metadata: Object.fromEntries(keys.map((key) => [key, metadata[key]])),
    tensors: tensorInfos.map(({ name, shape }) => [name, ...shape].join()),
  };
}

/** @param {string} what @param {unknown} expected @param {unknown} found */
function assertSame(what, expected, found) {
  if (JSON.stringify(expected) === JSON.stringify(found)) return;
  throw new Error(`${what}: not the same, so nothing is timed`);
}

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
}

/** Time `work` and print the milliseconds of the first run, the median and the fastest. @param {string} name @param {() => Promise<unknown>} work */
async function time(name, work) {
  /** @type {number[]} */
  const runs = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    await work();
    runs.push(performance.now() - start);
  }
  const sorted = runs.toSorted((a, b) => a - b);
  const figures = { first: runs[0], median: sorted[RUNS >> 1], fastest: sorted[0] };
  const told = Object.entries(figures).map(([figure, value = NaN]) => `${figure} ${value.toFixed(1)} ms`);
  print(`${name.padEnd(40)} ${told.join(', ')}`);
}

/** @param {string} path @param {PeerReader | undefined} peer */
async function bench(path, peer) {
  const bytes = headerBytes();
  await writeFile(path, bytes);
  print(`${bytes.length} bytes: ${TOKENS} tokens, ${MERGES} merges, ${TENSORS} tensors`);
  print(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`);

  // Ours is timed first, so that its first run is a cold one; what it has read is checked right after.
  await time('@halftone/gguf-io: open', () => open(path));
  const ours = plain(await open(path));
  assertSame('tokens', tokens, ours.metadata['tokenizer.ggml.tokens']);
  assertSame('merges', merges, ours.metadata['tokenizer.ggml.merges']);
  assertSame('scores', scores, ours.metadata['tokenizer.ggml.scores']);
  assertSame('token types', types, ours.metadata['tokenizer.ggml.token_type']);
  await time('@halftone/gguf-io: open, read every value', async () => plain(await open(path)));
  if (peer === undefined) return;
  assertSame('the two readers', ours, plainPeer(await peer(path), Object.keys(ours.metadata)));
  await time('@huggingface/gguf: open', () => peer(path));
}

const { values } = parseArgs({ options: { peer: { type: 'string' } } });
const folder = await mkdtemp(join(tmpdir(), 'halftone-bench-'));
try {
  await bench(
    join(folder, 'header.gguf'),
    values.peer === undefined ? undefined : await peerReader(values.peer),
  );
} finally {
  await rm(folder, { recursive: true });
}
