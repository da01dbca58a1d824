/**
 * Writes native/generated/descriptions.hpp (what the search and the packing know of each format with a file in
 * native/formats, from quant-formats, where it is told) and native/generated/registry.hpp (those files).
 *
 *     npx turbo run build --filter=@halftone/quant-formats
 *     node packages/tensor-kernels/tools/generate-descriptions.mjs           write
 *     node packages/tensor-kernels/tools/generate-descriptions.mjs --check   fail when a file is not what would be written
 */
import { formatNames, formats } from '@halftone/quant-formats';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** @typedef {import('@halftone/quant-formats').FormatDefinition} Format */
/** @typedef {import('@halftone/quant-formats').SearchDescription} Search */
/** @typedef {import('@halftone/quant-formats').AffineDescription} Affine */

const native = new URL('../native/', import.meta.url);
const MAX_F32 = 2 ** 128 - 2 ** 104;

/** @param {number} value @returns {string} A literal that a C++ compiler reads as the same f32. */
function literal(value) {
  const text = String(value).replace('e+', 'e');
  return /[.e]/.test(text) ? `${text}f` : `${text}.0f`;
}

/** @param {string} name @param {Iterable<number>} values */
function array(name, values) {
  const literals = Array.from(values, literal);
  const lines = [];
  while (literals.length > 0) lines.push(`      ${literals.splice(0, 8).join(', ')},`);
  return `    static constexpr float ${name}[] = {\n${lines.join('\n')}\n    };`;
}

/** Whether the values rise by one from a whole number, so that rounding finds the nearest. @param {Float32Array} values */
function isUniform(values) {
  return values.every((value, i) => value === Math.round(values[0] ?? NaN) + i);
}

/** @param {Affine} search @returns {string} */
function affineSource({ blockLength, greatestCode, greatestMultiplier, growth, probes }) {
  return `  struct Search {
    static constexpr bool hasMinima = true;
    static constexpr int blockLength = ${blockLength};
    static constexpr int greatestCode = ${greatestCode};
    static constexpr bool hasMultipliers = ${greatestMultiplier !== undefined};
    static constexpr int greatestMultiplier = ${greatestMultiplier ?? 1};
    static constexpr float growth = ${literal(growth)};
    static constexpr bool storesF16 = true;
    static constexpr float storeFactor = 1;
    static constexpr float largestSuperScale = ${literal(65504)};
    static constexpr float smallestSuperScale = ${literal(2 ** -24)};
${array(
  'leastPlaces',
  probes.map(([least]) => least),
)}
${array(
  'greatestPlaces',
  probes.map(([, greatest]) => greatest),
)}
  };
`;
}

/** @param {Format} format @returns {string} */
function anySearchSource(format) {
  if (format.search === undefined) return '';
  return format.search.kind === 'affine' ? affineSource(format.search) : searchSource(format, format.search);
}

/** @param {Format} format @param {Search} search @returns {string} */
function searchSource(format, search) {
  const {
    blockLength,
    codebook,
    shifts,
    multipliers,
    probes,
    evenParity,
    growth,
    store,
    smallestSuperScale,
  } = search;
  const superScale = [...format.layout.rowPrefix, ...format.layout.block].find(({ name }) => name === 'd');
  // Where there is no such field, a binary16 lies scattered.
  const storesF16 = superScale?.as !== 'f32';
  return `  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = ${blockLength};
${array('codebook', codebook)}
    static constexpr bool isUniform = ${isUniform(codebook)};
${array('shifts', shifts)}
${array('probes', probes)}
    static constexpr bool hasMultipliers = ${multipliers !== undefined};
    static constexpr int leastMultiplier = ${multipliers?.least ?? 1};
    static constexpr int greatestMultiplier = ${multipliers?.greatest ?? 1};
    static constexpr int multiplierStep = ${multipliers?.step ?? 1};
    static constexpr bool evenParity = ${evenParity};
    static constexpr float growth = ${literal(growth)};
    static constexpr bool storesF16 = ${storesF16};
    static constexpr float storeFactor = ${literal(storesF16 ? 65504 / store(MAX_F32) : 1)};
    static constexpr float largestSuperScale = ${literal(store(MAX_F32))};
    static constexpr float smallestSuperScale = ${literal(smallestSuperScale)};
${groupsSource(format.name, search)}  };
`;
}

/** What codes of groups are, and the rarer choices. @param {string} name @param {Search} search @returns {string} */
function groupsSource(name, { grid, trellis, multipliers, retries }) {
  const parts = [];
  if (multipliers?.among !== undefined) {
    parts.push(`    struct Multipliers {\n  ${array('codebook', multipliers.among)}\n    };`);
  }
  if (retries !== undefined) {
    parts.push(`    static constexpr int retryCount = ${retries.count};
    static constexpr int retryStep = ${retries.step};`);
  }
  if (grid !== undefined) {
    parts.push(`    using Grid = grid::${gridNames.get(grid.points) ?? name};
    static constexpr bool hasSigns = ${grid.signs !== 'none'};
    static constexpr bool hasEvenSigns = ${grid.signs === 'even'};
${array('moves', grid.moves ?? [0])}`);
  }
  if (trellis !== undefined) {
    parts.push(`    struct Trellis {
      static constexpr int dimensions = ${trellis.dimensions};
      static constexpr int states = ${trellis.states};
      static constexpr int firstState = ${trellis.firstState};
      static constexpr bool hasMagnitudes = ${trellis.magnitudes};
  ${array(
    'borders',
    trellis.borders.flatMap((row) => [...row]),
  )}
      static constexpr int borderCounts[] = {${trellis.borders.map(({ length }) => length).join(', ')}};
      static constexpr int reach = ${trellis.reach};
      static constexpr bool hasNearTrials = ${trellis.hasNearTrials};
    };`);
  }
  return parts.map((part) => `${part}\n`).join('');
}

/** The format that each grid is named after: the first that has it. @type {Map<Int8Array, string>} */
const gridNames = new Map();

/** Points of a grid, packed as places of levels: 2 bits for each of eight coordinates, or 3 for each of four. @param {Format} format */
function gridSource({ name, search }) {
  if (search?.kind !== 'scale' || search.grid === undefined || gridNames.has(search.grid.points)) return '';
  const { codebook, grid } = search;
  gridNames.set(grid.points, name);
  const bits = 16 / grid.dimensions > 2 ? 3 : 2;
  const words = Array.from({ length: grid.points.length / grid.dimensions }, (_, point) => {
    let word = 0;
    for (let j = 0; j < grid.dimensions; j++) {
      word |= codebook.indexOf(grid.points[point * grid.dimensions + j] ?? NaN) << (bits * j);
    }
    return word;
  });
  const lines = [];
  while (words.length > 0) lines.push(`    ${words.splice(0, 16).join(', ')},`);
  return `struct ${name} {
  static constexpr int dimensions = ${grid.dimensions};
  static constexpr int bits = ${bits};
${array('levels', codebook)}
  static constexpr uint16_t points[] = {
${lines.join('\n')}
  };
};
`;
}

/** What an encoder of its own stands on. @param {Format} format @returns {string} */
function constantsSource({ constants = {} }) {
  return Object.entries(constants)
    .map(([name, value]) => {
      const [type, text] = Number.isInteger(value) ? ['int', String(value)] : ['float', literal(value)];
      return `  static constexpr ${type} ${name} = ${text};\n`;
    })
    .join('');
}

/** A format without an encoder says so: that one was forgotten does not go unnoticed. */
const READ_ONLY = '  static constexpr bool isReadOnly = true;\n';

/** @param {Format} format @returns {string} */
function descriptionSource(format) {
  const fields = [...format.layout.rowPrefix, ...format.layout.block];
  const offsets = fields.map(({ name, offsetBytes }) => `    static constexpr int ${name} = ${offsetBytes};`);
  return `struct ${format.name} {
  static constexpr int blockLength = ${format.blockLength};
  static constexpr int bytesPerBlock = ${format.bytesPerBlock};
  static constexpr int rowPrefixBytes = ${format.rowPrefixBytes};
  /** Byte offsets of the fields. */
  struct At {
${offsets.join('\n')}
  };
${format.encodeRow === undefined ? READ_ONLY : ''}${constantsSource(format)}${anySearchSource(format)}};
`;
}

/** The formats that have a file in native/formats. @type {readonly string[]} */
const kernelNames = readdirSync(new URL('formats/', native))
  .map((file) => file.replace(/\.hpp$/, ''))
  .sort();

const head = '// Made by tools/generate-descriptions.mjs. Do not edit.\n#pragma once\n';

function descriptionsSource() {
  // Of interleaved rows the single ones, which have no type of their own.
  const described = formatNames
    .filter((name) => kernelNames.includes(name))
    .map((name) => formats[name].interleaved?.single ?? formats[name]);
  const grids = described
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(gridSource)
    .filter((source) => source !== '');
  return `${head}
#include <stdint.h>

namespace halftone::description {

namespace grid {

${grids.join('\n')}
}  // namespace grid

${described.map(descriptionSource).join('\n')}
}  // namespace halftone::description
`;
}

function registrySource() {
  return `${head}
${kernelNames.map((name) => `#include "../formats/${name}.hpp"`).join('\n')}

/** Calls \`one(name)\` for every format that has a file in native/formats. */
#define HALFTONE_EACH_FORMAT(one) \\
${kernelNames.map((name) => `  one(${name})`).join(' \\\n')}
`;
}

let isFresh = true;
mkdirSync(new URL('generated/', native), { recursive: true });
for (const { file, source } of [
  { file: 'descriptions.hpp', source: descriptionsSource() },
  { file: 'registry.hpp', source: registrySource() },
]) {
  const target = new URL(`generated/${file}`, native);
  if (!process.argv.includes('--check')) writeFileSync(target, source);
  else if (!existsSync(target) || readFileSync(target, 'utf8') !== source) {
    console.error(
      `native/generated/${file} is not what quant-formats says. Run: node packages/tensor-kernels/tools/generate-descriptions.mjs`,
    );
    isFresh = false;
  }
}
process.exitCode = isFresh ? 0 : 1;
