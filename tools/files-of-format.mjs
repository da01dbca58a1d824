/**
 * Which files a quant format has to itself, and which others know it by its name: what a new one costs.
 *
 *     node tools/files-of-format.mjs iq4_ks
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { argv, stdout } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const FORMATS = 'packages/quant-formats/src/formats';
/** What is made or installed, and what only looks at formats. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.turbo', 'bench', 'tools']);

/** @typedef {{ own: string[], naming: string[] }} Files `own` are called as the format is; `naming` have its name among their words. */

/** The formats that there are. */
export function formatsThereAre() {
  return readdirSync(path.join(root, FORMATS)).map((file) => path.parse(file).name);
}

/** @param {string} format @returns {Files} paths from the root, in order */
export function filesOfFormat(format) {
  const files = sourceFiles();
  const own = files.filter((file) => path.parse(file).name === format);
  const word = new RegExp(`['"]${format}['"]|\\b(struct|namespace) ${format}\\b`);
  const naming = files.filter(
    (file) => !own.includes(file) && !isTest(file) && word.test(readFileSync(path.join(root, file), 'utf8')),
  );
  return { own, naming };
}

function sourceFiles() {
  return readdirSync(path.join(root, 'packages'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(path.sep).some((folder) => LEFT_OUT.has(folder)))
    .filter((file) => /\.(ts|hpp|cpp|bin)$/.test(file))
    .sort();
}

/** @param {string} file */
function isTest(file) {
  return file.split(path.sep).includes('test');
}

const [, script = '', format] = argv;
if (import.meta.url === pathToFileURL(script).href) {
  if (format === undefined || !formatsThereAre().includes(format))
    throw new Error(`Usage: node tools/files-of-format.mjs FORMAT, one of ${formatsThereAre().join(', ')}`);
  const { own, naming } = filesOfFormat(format);
  stdout.write(`${own.length} of its own:\n${lines(own)}${naming.length} that name it:\n${lines(naming)}`);
}

/** @param {string[]} files */
function lines(files) {
  return files.map((file) => `  ${file}\n`).join('');
}
