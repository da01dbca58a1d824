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
  // The C++ has no search for groups of weights.
  if (format.search === undefined) return '';
  if (format.search.kind === 'scale' && (format.search.grid ?? format.search.trellis)) return '';
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
  if (superScale?.as !== 'f16' && superScale?.as !== 'f32') throw new Error(`${format.name}: no super scale`);
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
    static constexpr bool storesF16 = ${superScale.as === 'f16'};
    static constexpr float largestSuperScale = ${literal(store(MAX_F32))};
    static constexpr float smallestSuperScale = ${literal(smallestSuperScale)};
  };
`;
}

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
${anySearchSource(format)}};
`;
}

/** The formats that have a file in native/formats. @type {readonly string[]} */
const kernelNames = readdirSync(new URL('formats/', native))
  .map((file) => file.replace(/\.hpp$/, ''))
  .sort();

const head = '// Made by tools/generate-descriptions.mjs. Do not edit.\n#pragma once\n';

function descriptionsSource() {
  return `${head}
namespace halftone::description {

${formatNames
  .filter((name) => kernelNames.includes(name))
  .map((name) => descriptionSource(formats[name]))
  .join('\n')}
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
