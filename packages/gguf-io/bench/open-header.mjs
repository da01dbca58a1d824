/*
 * Opens a header with a vocabulary of 131,072 tokens and 269,443 merges (the sizes of Devstral Small 2), and times it; next to it
 * `@huggingface/gguf`, with `--peer FOLDER`. Both must read the same before anything is timed. How to run it: README.md.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { encodeGgufHeader, ggufArray, openGguf } from '@halftone/gguf-io';
import { openFileSource } from '@halftone/gguf-io/node';

const TOKENS = 131_072;
const MERGES = 269_443;
const RUNS = 9;

/** A text of 1 to 12 letters that differs from number to number. */
function word(number) {
  const letters = number.toString(26).replace(/./g, (digit) => String.fromCharCode(97 + parseInt(digit, 26)));
  return `Ġ${letters}${'e'.repeat(number % 7)}`;
}

function header() {
  const numbers = Array.from({ length: TOKENS }, (_, index) => index);
  const merges = Array.from({ length: MERGES }, (_, index) => `${word(index)} ${word(index % 997)}`);
  const metadata = new Map([
    ['general.architecture', { type: 'string', value: 'mistral3' }],
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.tokens', { type: 'array', value: ggufArray('string', numbers.map(word)) }],
    [
      'tokenizer.ggml.scores',
      {
        type: 'array',
        value: ggufArray(
          'float32',
          numbers.map((n) => -n / 2),
        ),
      },
    ],
    [
      'tokenizer.ggml.token_type',
      {
        type: 'array',
        value: ggufArray(
          'int32',
          numbers.map((n) => 1 + (n % 5)),
        ),
      },
    ],
    ['tokenizer.ggml.merges', { type: 'array', value: ggufArray('string', merges) }],
  ]);
  const tensors = Array.from({ length: 363 }, (_, index) => ({
    name: `blk.${index}.weight`,
    dimensions: [4096, 4096],
    format: 'bf16',
  }));
  return encodeGgufHeader({ version: 3, metadata, tensors });
}

async function readOurs(path) {
  const source = await openFileSource(path);
  const file = await openGguf(source);
  await source.close();
  return file;
}

/** The peer's reader, from the folder after `--peer` where it has been installed. */
async function peerReader(folder) {
  const entry = createRequire(join(resolve(folder), 'package.json')).resolve('@huggingface/gguf');
  const { gguf } = await import(pathToFileURL(entry));
  return (path) => gguf(path, { allowLocalFile: true });
}

/** Every metadata value, with arrays as plain ones, and every tensor's name and dimensions. */
function plainOurs({ metadata, tensors }) {
  const entries = [...metadata].map(([key, { value }]) => [
    key,
    typeof value === 'object' ? [...value] : value,
  ]);
  return {
    metadata: Object.fromEntries(entries),
    tensors: tensors.map(({ name, dimensions }) => [name, ...dimensions].join()),
  };
}

function plainPeer({ metadata, tensorInfos }, keys) {
  return {
    metadata: Object.fromEntries(keys.map((key) => [key, metadata[key]])),
    tensors: tensorInfos.map(({ name, shape }) => [name, ...shape.map(Number)].join()),
  };
}

function assertSame(ours, peer) {
  if (JSON.stringify(ours) !== JSON.stringify(peer))
    throw new Error('the readers disagree: nothing is timed');
}

/** Milliseconds of each run, fastest first. */
async function time(work) {
  const runs = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    await work();
    runs.push(performance.now() - start);
  }
  return { first: runs[0], sorted: runs.sort((a, b) => a - b) };
}

function report(name, { first, sorted }) {
  const [fastest, median] = [sorted[0], sorted[Math.floor(sorted.length / 2)]];
  console.log(
    `${name.padEnd(34)} first ${first.toFixed(1)} ms, median ${median.toFixed(1)} ms, fastest ${fastest.toFixed(1)} ms`,
  );
}

const folder = await mkdtemp(join(tmpdir(), 'halftone-bench-'));
const path = join(folder, 'header.gguf');
try {
  const bytes = header();
  await writeFile(path, bytes);
  console.log(`header: ${bytes.length} bytes, ${TOKENS} tokens, ${MERGES} merges; Node ${process.version}`);
  const opened = await time(() => readOurs(path));
  const ours = plainOurs(await readOurs(path));
  if (
    ours.metadata['tokenizer.ggml.tokens'].length !== TOKENS ||
    ours.metadata['tokenizer.ggml.tokens'][77] !== word(77)
  ) {
    throw new Error('the header was not read as it was written: nothing is timed');
  }
  const { values } = parseArgs({ options: { peer: { type: 'string' } } });
  const peer = values.peer === undefined ? undefined : await peerReader(values.peer);
  if (peer !== undefined) assertSame(ours, plainPeer(await peer(path), Object.keys(ours.metadata)));
  report('@halftone/gguf-io, open', opened);
  report(
    '@halftone/gguf-io, and all tokens',
    await time(async () => [...(await readOurs(path)).metadata.get('tokenizer.ggml.tokens').value]),
  );
  report('@halftone/gguf-io, and all values', await time(async () => plainOurs(await readOurs(path))));
  if (peer !== undefined) report('@huggingface/gguf, open', await time(() => peer(path)));
} finally {
  await rm(folder, { recursive: true });
}
