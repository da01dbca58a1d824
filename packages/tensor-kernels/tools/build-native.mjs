/**
 * Builds the addon for this machine, `dist/halftone-PLATFORM-ARCH.node`, when a C++ compiler exists; says so in one line when
 * none does. A compile error is an error. CXX names the compiler; otherwise the first of g++ and clang++ that is found is used.
 *
 *     node tools/build-native.mjs
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Run a command; what it complains of is shown whether it succeeds or not. @param {string} command @param {string[]} args */
async function run(command, args) {
  const { stderr } = await execute(command, args);
  process.stderr.write(stderr);
}

const folder = fileURLToPath(new URL('..', import.meta.url));
const native = path.join(folder, 'native');
const objects = path.join(folder, 'dist', 'objects');

/** No product is fused with a sum: that would change the bits. */
const FLAGS = ['-std=c++20', '-O3', '-fPIC', '-ffp-contract=off', '-fvisibility=hidden', '-Wall', '-Wextra'];

/** Translation units with flags of their own: the instruction sets. @type {Record<string, Record<string, string[]>>} */
const instructionSets = {
  x64: {
    avx512: ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mprefer-vector-width=512'],
    avx2: ['-mavx2'],
    portable: [],
  },
  arm64: { portable: [] },
};

/** @returns {string | undefined} A compiler that runs. */
function findCompiler() {
  const { CXX } = process.env;
  const candidates = CXX === undefined ? ['g++', 'clang++'] : [CXX];
  return candidates.find((compiler) => {
    try {
      execFileSync(compiler, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}

/** @typedef {{ source: string, flags: string[] }} Unit */

/** @returns {Unit[]} */
function units() {
  const headers = fileURLToPath(new URL('include', import.meta.resolve('node-api-headers')));
  const sets = Object.entries(instructionSets[process.arch] ?? { portable: [] });
  return [
    ...sets.map(([name, flags]) => ({ source: path.join('isa', `${name}.cpp`), flags })),
    { source: 'dispatch.cpp', flags: [] },
    { source: path.join('addon', 'addon.cpp'), flags: ['-isystem', headers, '-DNAPI_VERSION=8'] },
  ];
}

/** @param {string} compiler @param {Unit} unit @returns {Promise<string>} The object file. */
async function compile(compiler, { source, flags }) {
  const object = path.join(objects, `${path.basename(source, '.cpp')}.o`);
  await run(compiler, [...FLAGS, ...flags, '-c', path.join(native, source), '-o', object]);
  return object;
}

/** @template Item, Result @param {readonly Item[]} items @param {(item: Item) => Promise<Result>} work */
async function inParallel(items, work) {
  const queue = [...items];
  /** @type {Result[]} */
  const results = [];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) results.push(await work(item));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

const compiler = findCompiler();
if (compiler === undefined) {
  console.log('No C++ compiler was found (g++ or clang++; CXX names another): no native backend is built.');
} else {
  const start = performance.now();
  const name = `halftone-${process.platform}-${process.arch}.node`;
  mkdirSync(objects, { recursive: true });
  const compiled = await inParallel(units(), (unit) => compile(compiler, unit));
  const target = path.join(folder, 'dist', name);
  const link =
    process.platform === 'darwin'
      ? ['-undefined', 'dynamic_lookup']
      : ['-static-libstdc++', '-static-libgcc'];
  await run(compiler, ['-shared', '-s', ...link, ...compiled, '-o', target]);
  rmSync(objects, { recursive: true });
  console.log(`dist/${name}: built with ${compiler} in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
