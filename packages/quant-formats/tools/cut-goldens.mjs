/**
 * Cuts the fixtures of test/goldens out of a folder of golden vectors (goldens.json and goldens.bin, made with the peer).
 * First it proves that the error stored there is what the tests compute.
 *
 *     node tools/cut-goldens.mjs FOLDER
 *
 * inputs.bin holds the float rows and the importance; NAME.bin holds, for each encoding of them, the packed rows and what
 * the peer decodes them to. test/goldens/README.md draws both.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';

/**
 * @typedef {{ group: string, name?: string, shape: number[], offset: number, bytes: number,
 *   relative_weighted_square_error?: number }} Part
 */

/** How many rows of each input are kept; `edge` whole, because each of its rows is another case. */
const ROWS_KEPT = { real: 2, 'real.imatrix': 2, gauss: 2, edge: 8 };
/** The same for formats that the peer encodes with importance alone. */
const ROWS_KEPT_WITH_IMPORTANCE = { 'real.imatrix': 2, 'gauss.imatrix': 2, 'edge.imatrix': 8 };

const source = argv[2];
if (source === undefined) throw new Error('Usage: node tools/cut-goldens.mjs FOLDER');
const target = new URL('../test/goldens/', import.meta.url);
const data = readFileSync(join(source, 'goldens.bin'));
/** @type {unknown} */
const list = JSON.parse(readFileSync(join(source, 'goldens.json'), 'utf8'));
const parts = /** @type {Part[]} */ (list);

/** @param {string} group @param {string} name */
function findPart(group, name) {
  const part = parts.find((candidate) => candidate.group === group && candidate.name === name);
  if (part === undefined) throw new Error(`No ${name} of ${group} in ${source ?? ''}`);
  return part;
}

/** The first `rows` rows of a part, or all. @param {Part} part @param {number} [rows] */
function bytesOf(part, rows) {
  const kept = rows === undefined ? part.bytes : (part.bytes / (part.shape[0] ?? 1)) * rows;
  return data.subarray(part.offset, part.offset + kept);
}

/** @param {Part} part */
function floatsOf(part) {
  return new Float32Array(Uint8Array.from(bytesOf(part)).buffer);
}

/** sum(w (x - d)^2) / sum(w x^2) over all rows. @param {Float32Array} x @param {Float32Array} d @param {Float32Array} [w] */
function relativeWeightedSquareError(x, d, w) {
  let error = 0;
  let total = 0;
  for (let i = 0; i < x.length; i++) {
    const weight = w === undefined ? 1 : (w[i % w.length] ?? 0);
    error += weight * ((x[i] ?? 0) - (d[i] ?? 0)) ** 2;
    total += weight * (x[i] ?? 0) ** 2;
  }
  return error / total;
}

/** The stored errors were summed in single precision. */
const SUMMATION_TOLERANCE = 1e-6;

/** @param {string} format @param {string} encoding */
function checkError(format, encoding) {
  const importance = encoding === 'real.imatrix' ? floatsOf(findPart('input', 'real.imatrix')) : undefined;
  // Which importance the others were encoded with is not told.
  if (importance === undefined && encoding.endsWith('.imatrix')) return;
  const x = floatsOf(findPart('input', encoding.replace('.imatrix', '')));
  const decoded = findPart(format, `${encoding}.decoded`);
  const stored = decoded.relative_weighted_square_error ?? NaN;
  const computed = relativeWeightedSquareError(x, floatsOf(decoded), importance);
  if (!(Math.abs(computed - stored) <= SUMMATION_TOLERANCE * stored)) {
    throw new Error(`${format} ${encoding}: error ${String(computed)} computed, ${String(stored)} stored`);
  }
}

/** @param {string} format */
function cutFormat(format) {
  const needsImportance = !parts.some(({ group, name }) => group === format && name === 'real.bytes');
  const kept = needsImportance ? ROWS_KEPT_WITH_IMPORTANCE : ROWS_KEPT;
  const pieces = Object.entries(kept).flatMap(([encoding, rows]) => {
    checkError(format, encoding);
    return ['bytes', 'decoded'].map((kind) => bytesOf(findPart(format, `${encoding}.${kind}`), rows));
  });
  writeFileSync(new URL(`${format}.bin`, target), Buffer.concat(pieces));
}

const inputs = /** @type {const} */ (['real', 'gauss', 'edge']).map((name) =>
  bytesOf(findPart('input', name), ROWS_KEPT[name]),
);
writeFileSync(
  new URL('inputs.bin', target),
  Buffer.concat([...inputs, bytesOf(findPart('input', 'real.imatrix'))]),
);
readdirSync(new URL('../src/formats/', import.meta.url))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((format) => parts.some((part) => part.group === format))
  .forEach(cutFormat);
