/**
 * Builds wasm/halftone-kernels.wasm from the same C++ as the addon. The module is committed, so that nobody needs the compiler to
 * use it; this compiler, so that building it again gives the same bytes.
 *
 *     node tools/build-wasm.mjs           write
 *     node tools/build-wasm.mjs --check   fail when the committed module is not what would be written
 *
 * CLANG names the compiler; on Debian, `apt-get install clang-19 lld-19` brings it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));
const target = path.join(folder, 'wasm', 'halftone-kernels.wasm');
const { CLANG: compiler = 'clang++-19' } = process.env;

/** Other versions may give other bytes. */
const COMPILER_VERSION = '19.1.7';

/** No relaxed SIMD and no fused products: they would change the bits. No library: the module imports nothing. */
const FLAGS = [
  ...['--target=wasm32', '-std=c++20', '-O3', '-ffp-contract=off', '-msimd128', '-mbulk-memory'],
  ...[
    '-ffreestanding',
    '-fno-exceptions',
    '-fno-rtti',
    '-nostdlib',
    '-fvisibility=hidden',
    '-Wall',
    '-Wextra',
  ],
  ...['-Wl,--no-entry', '-Wl,--strip-all', '-Wl,--export=__heap_base', '-Wl,-z,stack-size=131072'],
];

/** @returns {Buffer} */
function build() {
  const temporary = mkdtempSync(path.join(tmpdir(), 'halftone-wasm-'));
  try {
    const output = path.join(temporary, 'module.wasm');
    // The folder is the working directory, so that no path of this machine gets into the module.
    execFileSync(compiler, [...FLAGS, 'native/module/module.cpp', '-o', output], {
      cwd: folder,
      stdio: 'inherit',
    });
    return readFileSync(output);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

const version = execFileSync(compiler, ['--version'], { encoding: 'utf8' });
if (!version.includes(` ${COMPILER_VERSION} `)) {
  console.error(`${compiler} is not version ${COMPILER_VERSION}: ${version.split('\n')[0]}`);
  process.exitCode = 1;
} else {
  const module = build();
  if (!process.argv.includes('--check')) {
    writeFileSync(target, module);
    console.log(`wasm/halftone-kernels.wasm: ${module.length} bytes`);
  } else if (!readFileSync(target).equals(module)) {
    console.error(
      'wasm/halftone-kernels.wasm is not what native/ says. Run: node packages/tensor-kernels/tools/build-wasm.mjs',
    );
    process.exitCode = 1;
  }
}
