/**
 * Builds the addon, `dist/halftone-PLATFORM-ARCH.node`: for this machine, or for another with the cross compiler that Debian has.
 *
 *     node tools/build-native.mjs                         for this machine
 *     node tools/build-native.mjs --target linux-arm64    apt-get install g++-aarch64-linux-gnu
 *     node tools/build-native.mjs --target win32-x64      apt-get install g++-mingw-w64-x86-64-posix
 *
 * With --quick it takes half the time and is slower to run: for checks, which see the same bits.
 *
 * For this machine, CXX names the compiler; otherwise the first of g++ and clang++ that is found is used, and when there is none,
 * one line says so and no addon is built. A target that is named is built, or it is an error. So is what does not compile.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const execute = promisify(execFile);

/** Run a command; what it complains of is shown whether it succeeds or not. @param {string} command @param {string[]} args */
async function run(command, args) {
  const { stderr } = await execute(command, args);
  process.stderr.write(stderr);
}

const folder = fileURLToPath(new URL('..', import.meta.url));
const native = path.join(folder, 'native');
const nodeHeaders = path.dirname(fileURLToPath(import.meta.resolve('node-api-headers/package.json')));

const { values } = parseArgs({
  options: { target: { type: 'string' }, quick: { type: 'boolean', default: false } },
});

/** No product is fused with a sum: that would change the bits of rows. */
const FLAGS = ['-std=c++20', '-fPIC', '-ffp-contract=off', '-fvisibility=hidden', '-Wall', '-Wextra'];

/** The flags of rows and those that programs have besides. @typedef {{ rows: string[], programs: string[] }} InstructionSet */

const avx512 = [
  '-mavx512f',
  '-mavx512bw',
  '-mavx512dq',
  '-mavx512vl',
  '-mavx512vnni',
  '-mprefer-vector-width=512',
];

/** Translation units with flags of their own: the instruction sets. @type {Record<string, Record<string, InstructionSet>>} */
const instructionSets = {
  x64: {
    avx512: { rows: avx512, programs: ['-mfma', '-mf16c'] },
    avx2: { rows: ['-mavx2'], programs: ['-mfma', '-mf16c'] },
    portable: { rows: [], programs: [] },
  },
  arm64: { neon: { rows: [], programs: [] }, portable: { rows: [], programs: [] } },
};

/** In programs a product may be fused with a sum: their results are near to the reference, not equal. */
const PROGRAM_FLAGS = ['-ffp-contract=fast'];

/** What differs from one operating system to the next. @typedef {{ flags: string[], link: string[] }} System */

/** @type {System} */
const linux = { flags: [], link: ['-static-libstdc++', '-static-libgcc', '-pthread'] };

/** @type {Record<string, System>} */
const systems = {
  linux,
  darwin: { flags: [], link: ['-undefined', 'dynamic_lookup'] },
  // Windows aligns the stack to 16 bytes and GCC takes it for more, so no instruction may ask for aligned vectors:
  // https://gcc.gnu.org/bugzilla/show_bug.cgi?id=54412
  win32: { flags: ['-Wa,-muse-unaligned-vector-move'], link: ['-static'] },
};

/** The compilers for other machines. @type {Record<string, string>} */
const crossCompilers = {
  'linux-arm64': 'aarch64-linux-gnu-g++',
  'win32-x64': 'x86_64-w64-mingw32-g++-posix',
};

/** @param {string[]} candidates @returns {string | undefined} The first that runs. */
function findCompiler(candidates) {
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

/** @param {string} arch @returns {Unit[]} */
function units(arch) {
  const sets = Object.entries(instructionSets[arch] ?? { portable: { rows: [], programs: [] } });
  const headers = path.join(nodeHeaders, 'include');
  return [
    ...sets.map(([name, { rows }]) => ({ source: path.join('isa', `${name}.cpp`), flags: rows })),
    ...sets.map(([name, { rows, programs }]) => ({
      source: path.join('isa', `${name}_programs.cpp`),
      flags: [...rows, ...programs, ...PROGRAM_FLAGS],
    })),
    { source: 'dispatch.cpp', flags: [] },
    ...['device', 'mapped_file', 'pool'].map((name) => ({
      source: path.join('device', `${name}.cpp`),
      flags: ['-pthread'],
    })),
    ...['addon', 'devices'].map((name) => ({
      source: path.join('addon', `${name}.cpp`),
      flags: ['-isystem', headers, '-DNAPI_VERSION=8', '-pthread'],
    })),
  ];
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

/**
 * Windows links only against what says where it comes from: here, from the functions of node.exe.
 *
 * @param {string} objects @returns {Promise<string[]>} The import libraries.
 */
async function importLibraries(objects) {
  return inParallel(['node_api', 'js_native_api'], async (name) => {
    const library = path.join(objects, `lib${name}.a`);
    const definition = path.join(nodeHeaders, 'def', `${name}.def`);
    await run('x86_64-w64-mingw32-dlltool', ['--input-def', definition, '--output-lib', library]);
    return library;
  });
}

/** @param {string} compiler @param {string} platform @param {string} arch */
async function build(compiler, platform, arch) {
  const start = performance.now();
  const name = `halftone-${platform}-${arch}.node`;
  const objects = path.join(folder, 'dist', `objects-${platform}-${arch}`);
  const system = systems[platform] ?? linux;
  mkdirSync(objects, { recursive: true });
  const compiled = await inParallel(units(arch), async ({ source, flags }) => {
    const object = path.join(objects, `${path.basename(source, '.cpp')}.o`);
    const input = ['-c', path.join(native, source)];
    await run(compiler, [
      ...FLAGS,
      values.quick ? '-O1' : '-O3',
      ...system.flags,
      ...flags,
      ...input,
      '-o',
      object,
    ]);
    return object;
  });
  if (platform === 'win32') compiled.push(...(await importLibraries(objects)));
  await run(compiler, ['-shared', '-s', ...system.link, ...compiled, '-o', path.join(folder, 'dist', name)]);
  rmSync(objects, { recursive: true });
  console.log(`dist/${name}: built with ${compiler} in ${((performance.now() - start) / 1000).toFixed(0)} s`);
}

/** @param {string} target As `linux-arm64`. */
async function buildFor(target) {
  const wanted = crossCompilers[target];
  if (wanted === undefined) {
    throw new Error(`"${target}" is none of the targets ${Object.keys(crossCompilers).join(', ')}.`);
  }
  const compiler = findCompiler([wanted]);
  const [platform = '', arch = ''] = target.split('-');
  if (compiler !== undefined) return build(compiler, platform, arch);
  console.error(`The compiler for ${target}, ${wanted}, was not found: see the head of this file.`);
  process.exitCode = 1;
}

async function buildForThisMachine() {
  const { CXX } = process.env;
  const compiler = findCompiler(CXX === undefined ? ['g++', 'clang++'] : [CXX]);
  if (compiler !== undefined) return build(compiler, process.platform, process.arch);
  console.log('No C++ compiler was found (g++ or clang++; CXX names another): no native backend is built.');
}

await (values.target === undefined ? buildForThisMachine() : buildFor(values.target));
