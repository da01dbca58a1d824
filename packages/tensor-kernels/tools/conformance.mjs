/**
 * Compares the addon in dist with the reference, with any Node: that of another machine, under an emulator, too.
 *
 *     node tools/conformance.mjs                      this Node
 *     node tools/conformance.mjs qemu-aarch64 FILE    the Node for another machine in FILE; wine64 FILE likewise
 *
 * It needs the built packages, and fails when one bit differs.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));
/** Within the package, so that the program finds what the package imports. */
const temporary = path.join(folder, 'conformance.tmp');
const program = path.join(temporary, 'program.js');

const [command = process.execPath, ...words] = process.argv.slice(2);
try {
  await build({
    entryPoints: [path.join(folder, 'test', 'conformance-program.ts')],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  cpSync(path.join(folder, '..', 'quant-formats', 'test', 'goldens'), path.join(temporary, 'goldens'), {
    recursive: true,
  });
  // Under wine, Node cannot write to every kind of pipe; to a file it can.
  const output = path.join(temporary, 'output.txt');
  const file = openSync(output, 'w');
  const { status, error } = spawnSync(command, [...words, program], { stdio: ['ignore', file, file] });
  closeSync(file);
  if (error !== undefined) throw error;
  process.stdout.write(readFileSync(output));
  process.exitCode = status ?? 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
