/**
 * Writes a model of any size with pseudo-random weights, to measure speed and memory on:
 *
 *     pnpm make-model --out FILE [--layers N] [--embedding N] [--feed-forward N] [--heads N] [--head-length N]
 *                     [--key-value-heads N] [--seed N] [--like FILE]
 *
 * Architecture mistral3, matrices in BF16, tokenizer and vocabulary of the model that `--like` names (the demo
 * model if not given). The same options give the same bytes. Memory stays small whatever the size of the model.
 */

import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { demoModel } from '@halftone/demo-model';
import { GgufWriter, openGguf } from '@halftone/gguf-io';
import { createFileSink, openFileSource } from '@halftone/gguf-io/node';
import { SyntheticWeights } from './synthetic-weights.mjs';

/** @typedef {import('@halftone/gguf-io').ByteSink} ByteSink */
/** @typedef {import('@halftone/gguf-io').GgufMetadata} GgufMetadata */
/** @typedef {import('@halftone/gguf-io').GgufTensorShape} GgufTensorShape */

/**
 * @typedef {object} ModelSize
 * @property {number} layers
 * @property {number} embedding
 * @property {number} feedForward
 * @property {number} heads
 * @property {number} headLength
 * @property {number} keyValueHeads
 */

/** 0.889e9 weights: the model on which the times of ik_llama.cpp were measured. @type {ModelSize} */
const defaultSize = {
  layers: 12,
  embedding: 2048,
  feedForward: 8192,
  heads: 32,
  headLength: 128,
  keyValueHeads: 8,
};

/** How many weights are made and written at once. */
const WINDOW_WEIGHTS = 2 ** 21;

/** @param {string} name @param {number[]} dimensions @returns {GgufTensorShape} */
function matrix(name, ...dimensions) {
  return { name: `${name}.weight`, dimensions, format: 'bf16' };
}

/** @param {string} name @param {number} length @returns {GgufTensorShape} */
function norm(name, length) {
  return { name: `${name}.weight`, dimensions: [length], format: 'f32' };
}

/** @param {ModelSize} size @param {number} vocabulary @returns {GgufTensorShape[]} */
function tensorShapes({ layers, embedding, feedForward, heads, headLength, keyValueHeads }, vocabulary) {
  const queries = heads * headLength;
  const keys = keyValueHeads * headLength;
  const layer = (/** @type {number} */ index) => [
    norm(`blk.${index}.attn_norm`, embedding),
    matrix(`blk.${index}.attn_q`, embedding, queries),
    matrix(`blk.${index}.attn_k`, embedding, keys),
    matrix(`blk.${index}.attn_v`, embedding, keys),
    matrix(`blk.${index}.attn_output`, queries, embedding),
    norm(`blk.${index}.ffn_norm`, embedding),
    matrix(`blk.${index}.ffn_gate`, embedding, feedForward),
    matrix(`blk.${index}.ffn_up`, embedding, feedForward),
    matrix(`blk.${index}.ffn_down`, feedForward, embedding),
  ];
  return [
    matrix('token_embd', embedding, vocabulary),
    ...Array.from({ length: layers }, (_, index) => layer(index)).flat(),
    norm('output_norm', embedding),
    matrix('output', embedding, vocabulary),
  ];
}

/** @param {GgufMetadata} like @param {ModelSize} size @returns {GgufMetadata} In the order of `like`. */
function metadataOf(like, size) {
  /** @type {Record<string, number>} */
  const lengths = {
    'mistral3.block_count': size.layers,
    'mistral3.embedding_length': size.embedding,
    'mistral3.feed_forward_length': size.feedForward,
    'mistral3.attention.head_count': size.heads,
    'mistral3.attention.head_count_kv': size.keyValueHeads,
    'mistral3.attention.key_length': size.headLength,
    'mistral3.attention.value_length': size.headLength,
    'mistral3.rope.dimension_count': size.headLength,
  };
  const metadata = new Map(like);
  metadata.set('general.name', { type: 'string', value: 'Halftone synthetic model' });
  metadata.set('general.description', { type: 'string', value: 'Pseudo-random weights, for measurements.' });
  for (const [key, value] of Object.entries(lengths)) metadata.set(key, { type: 'uint32', value });
  return metadata;
}

/** @param {GgufMetadata} metadata @returns {number} */
function vocabularyLength(metadata) {
  const tokens = metadata.get('tokenizer.ggml.tokens');
  if (metadata.get('general.architecture')?.value !== 'mistral3' || tokens?.type !== 'array')
    throw new Error('--like needs a GGUF file of architecture mistral3 that holds a tokenizer.');
  return tokens.value.length;
}

/**
 * Write one tensor, a window of rows at a time.
 *
 * @param {GgufWriter} writer
 * @param {GgufTensorShape} tensor
 * @param {SyntheticWeights} weights
 * @param {number} stream
 */
async function writeTensor(writer, { dimensions: [columns = 0, rows] }, weights, stream) {
  if (rows === undefined) return writer.write(new Uint8Array(weights.norm(stream, columns).buffer));
  const nextRows = weights.matrix(stream, columns);
  const rowsAtOnce = Math.max(1, Math.floor(WINDOW_WEIGHTS / columns));
  const window = new Uint16Array(rowsAtOnce * columns);
  for (let row = 0; row < rows; row += rowsAtOnce) {
    const part = window.subarray(0, Math.min(rowsAtOnce, rows - row) * columns);
    nextRows(part);
    await writer.write(new Uint8Array(part.buffer, 0, part.byteLength));
  }
}

/**
 * Write a synthetic model.
 *
 * @param {ByteSink} sink
 * @param {ModelSize} size
 * @param {GgufMetadata} like Metadata of a model of architecture mistral3.
 * @param {number} seed
 * @returns {Promise<{ weights: number, bytes: number }>} How large it is.
 */
export async function writeModel(sink, size, like, seed) {
  const tensors = tensorShapes(size, vocabularyLength(like));
  const writer = await GgufWriter.open(sink, { version: 3, metadata: metadataOf(like, size), tensors });
  const weights = new SyntheticWeights(seed);
  for (const [stream, tensor] of tensors.entries()) await writeTensor(writer, tensor, weights, stream);
  await writer.finish();
  const count = tensors.reduce((sum, { dimensions: [columns = 0, rows = 1] }) => sum + columns * rows, 0);
  return { weights: count, bytes: writer.byteLength };
}

/** @param {string} name @param {string | undefined} text @param {number} unset @returns {number} */
function wholeNumber(name, text, unset) {
  if (text === undefined) return unset;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} needs a whole number from 1, not ${text}.`);
  return Number(text);
}

async function main() {
  const string = /** @type {const} */ ({ type: 'string' });
  const { values } = parseArgs({
    options: {
      out: string,
      layers: string,
      embedding: string,
      'feed-forward': string,
      heads: string,
      'head-length': string,
      'key-value-heads': string,
      seed: string,
      like: string,
    },
  });
  if (values.out === undefined) throw new Error('Say where to write the model: --out FILE.');
  const size = {
    layers: wholeNumber('layers', values.layers, defaultSize.layers),
    embedding: wholeNumber('embedding', values.embedding, defaultSize.embedding),
    feedForward: wholeNumber('feed-forward', values['feed-forward'], defaultSize.feedForward),
    heads: wholeNumber('heads', values.heads, defaultSize.heads),
    headLength: wholeNumber('head-length', values['head-length'], defaultSize.headLength),
    keyValueHeads: wholeNumber('key-value-heads', values['key-value-heads'], defaultSize.keyValueHeads),
  };
  const like = await openGguf(await openFileSource(values.like ?? fileURLToPath(demoModel.model)));
  const start = performance.now();
  const { weights, bytes } = await writeModel(
    await createFileSink(values.out),
    size,
    like.metadata,
    wholeNumber('seed', values.seed, 1),
  );
  await like.close();
  const seconds = (performance.now() - start) / 1000;
  console.log(
    `${values.out}: ${(weights / 1e9).toFixed(3)}e9 weights, ${(bytes / 1e9).toFixed(2)} GB, ${seconds.toFixed(1)} s`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
