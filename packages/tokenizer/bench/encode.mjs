/**
 * How fast text is encoded, in MB/s of UTF-8 on one core, and how long the tokenizer takes to be made; next to it another tokenizer,
 * where one is given. Before anything is timed the ids are compared with the peer's, and the text is decoded again.
 *
 *     npx turbo run build --filter=@halftone/tokenizer
 *     node packages/tokenizer/bench/encode.mjs --model model.gguf text.txt …
 *     mkdir /any/folder && npm install --no-save --prefix /any/folder @huggingface/tokenizers
 *     node packages/tokenizer/bench/encode.mjs --model model.gguf --peer /any/folder --peer-vocabulary tokenizer.json text.txt …
 *
 * Without a model or a text it takes the demo model's and the texts beside it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { demoModel } from '@halftone/demo-model';
import { openGgufFile } from '@halftone/gguf-io/node';
import { createTokenizer } from '../dist/index.js';

const RUNS = 7;

/** @typedef {(text: string) => ArrayLike<number>} Encode */
/** @typedef {{ encode: (text: string, options: { add_special_tokens: boolean }) => { ids: number[] } }} PeerTokenizer */
/** @typedef {{ Tokenizer: new (vocabulary: unknown, config: object) => PeerTokenizer }} Peer */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string' },
    peer: { type: 'string' },
    'peer-vocabulary': { type: 'string' },
  },
});

/**
 * The peer's way to encode, if there is one.
 *
 * @param {string | undefined} folder
 * @param {string | undefined} vocabulary
 * @returns {Encode | undefined}
 */
function peerEncode(folder, vocabulary) {
  if (folder === undefined) return undefined;
  if (vocabulary === undefined)
    throw new Error('--peer needs --peer-vocabulary, the tokenizer.json of the model');
  /** @type {unknown} */
  const loaded = createRequire(resolve(folder, 'package.json'))('@huggingface/tokenizers');
  const peer = /** @type {Peer} */ (loaded);
  /** @type {unknown} */
  const parts = JSON.parse(readFileSync(vocabulary, 'utf8'));
  const tokenizer = new peer.Tokenizer(parts, {});
  return (text) => tokenizer.encode(text, { add_special_tokens: false }).ids;
}

/**
 * The first run, and the median of the others, in MB/s of processor time: other programs then count less.
 *
 * @param {Encode} encode
 * @param {string} text
 */
function speed(encode, text) {
  const megabytes = Buffer.byteLength(text) / 1e6;
  const rates = Array.from({ length: RUNS }, () => {
    const start = process.cpuUsage();
    encode(text);
    const { user, system } = process.cpuUsage(start);
    return megabytes / ((user + system) / 1e6);
  });
  const [first = 0, ...others] = rates;
  const median = others.sort((a, b) => a - b)[(RUNS - 1) >> 1] ?? 0;
  return `${median.toFixed(2)} MB/s (first run ${first.toFixed(2)})`;
}

/** @param {string} line */
function write(line) {
  process.stdout.write(`${line}\n`);
}

const file = await openGgufFile(values.model ?? fileURLToPath(demoModel.model));
await file.close();
const start = process.cpuUsage();
const tokenizer = createTokenizer(file.metadata);
const made = process.cpuUsage(start);
write(`${tokenizer.size} tokens, made in ${((made.user + made.system) / 1e3).toFixed(0)} ms`);

const peer = peerEncode(values.peer, values['peer-vocabulary']);
/** @type {Encode} */
const encode = (text) => tokenizer.encode(text, { addSpecial: false, parseSpecial: true });
const paths =
  positionals.length > 0
    ? positionals
    : [demoModel.validationText, demoModel.calibrationText].map((url) => fileURLToPath(url));
for (const path of paths) {
  const text = readFileSync(path, 'utf8');
  const ids = Array.from(encode(text));
  if (tokenizer.decode(ids, { special: true }) !== text) throw new Error(`${path}: decodes to another text`);
  if (peer !== undefined) {
    const theirs = peer(text);
    const at = ids.findIndex((id, index) => id !== theirs[index]);
    if (at >= 0 || theirs.length !== ids.length)
      throw new Error(`${path}: the peer's ids differ from number ${at} on`);
  }
  write(`${path}: ${ids.length} ids`);
  write(`  Halftone ${speed(encode, text)}`);
  if (peer !== undefined) write(`  peer     ${speed(peer, text)}, equal ids`);
}
