/**
 * Whether the ids are those that llama.cpp expects: for each `ggml-vocab-NAME.gguf` of a folder with `.inp` (texts) and `.out` (their
 * ids) beside it. llama.cpp ships such a folder as `models`; what has no texts is only made.
 *
 *     npx turbo run build --filter=@halftone/tokenizer
 *     node packages/tokenizer/bench/check-vocabularies.mjs /path/of/llama.cpp/models
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openGgufFile } from '@halftone/gguf-io/node';
import { createTokenizer } from '../dist/index.js';

/** What stands between two texts of an `.inp` file. */
const BETWEEN = '\n__ggml_vocab_test__\n';

/** @param {string} line */
function write(line) {
  process.stdout.write(`${line}\n`);
}

/** @typedef {import('../dist/index.js').Tokenizer} Tokenizer */

/**
 * Compare all texts of a vocabulary.
 *
 * @param {string} path
 * @param {Tokenizer} tokenizer
 */
function compare(path, tokenizer) {
  const texts = readFileSync(`${path}.inp`, 'utf8').split(BETWEEN);
  const lines = readFileSync(`${path}.out`, 'utf8').split('\n');
  let equal = 0;
  for (const [index, text] of texts.entries()) {
    const expected = (lines[index] ?? '').trim();
    const found = tokenizer.encode(text, { addSpecial: false }).join(' ');
    if (found === expected) equal++;
    else write(`  ${JSON.stringify(text)}\n    expected ${expected}\n    found    ${found}`);
  }
  return { equal, count: texts.length };
}

const [folder = '.'] = process.argv.slice(2);
const names = readdirSync(folder).filter((name) => /^ggml-vocab-.*\.gguf$/.test(name));
let isWrong = names.length === 0;
for (const name of names) {
  const path = join(folder, name);
  try {
    const file = await openGgufFile(path);
    await file.close();
    const start = performance.now();
    const tokenizer = createTokenizer(file.metadata, { dialect: 'llama.cpp' });
    const made = `made in ${(performance.now() - start).toFixed(0)} ms`;
    if (!existsSync(`${path}.inp`)) {
      write(`${name}: ${made}, no texts`);
      continue;
    }
    const { equal, count } = compare(path, tokenizer);
    write(`${name}: ${made}, ${equal} of ${count} texts`);
    if (equal < count) isWrong = true;
  } catch (error) {
    write(`${name}: ${String(error)}`);
    isWrong = true;
  }
}
process.exitCode = isWrong ? 1 : 0;
