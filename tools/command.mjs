/** Running the commands of other tools, quietly: one line a stage, the whole output when it fails. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** How a command ended. @typedef {{ ok: boolean, output: string, seconds: number }} CommandResult */

/** The environment of every command: the installed tools on the path, nobody told what we do. */
function commandEnvironment() {
  const pathName = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return {
    ...process.env,
    [pathName]: [path.join(root, 'node_modules', '.bin'), process.env[pathName]].join(path.delimiter),
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  };
}

/**
 * Run one command line, in the repository's folder if no other is named.
 *
 * It goes through the shell, which finds `npx` and the installed tools on Windows too; so it is made of fixed
 * words only.
 *
 * @param {string} commandLine
 * @param {{ show?: boolean, folder?: string | undefined }} [options] `show`: the output goes to the terminal as it comes and
 * is not kept. `folder`: another folder to run it in.
 * @returns {Promise<CommandResult>}
 */
export function runCommand(commandLine, { show = false, folder = root } = {}) {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(commandLine, {
      shell: true,
      cwd: folder,
      env: commandEnvironment(),
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    /** @type {Buffer[]} */
    const chunks = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      const seconds = (performance.now() - start) / 1000;
      resolve({ ok: status === 0, output: Buffer.concat(chunks).toString(), seconds });
    });
  });
}

/**
 * Run one command line as a stage: prints its name and time, and its output only when it fails.
 *
 * @param {string} name
 * @param {string} commandLine
 * @returns {Promise<boolean>} Whether it succeeded.
 */
export async function runStage(name, commandLine) {
  const { ok, output, seconds } = await runCommand(commandLine);
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s`);
  if (!ok) console.log(`\n$ ${commandLine}\n${output.trimEnd()}\n`);
  return ok;
}

/** @param {string} file Seen from the repository's folder. @returns {unknown} The JSON value in it. */
export function readJson(file) {
  return JSON.parse(readFileSync(path.resolve(root, file), 'utf8'));
}

/**
 * The command line that runs the pinned pnpm; `packageManager` in package.json is the one place that pins it.
 *
 * Through npx, so that nobody installs it by hand; npx also puts `pnpm` on the path of what it starts, where
 * turbo looks for it.
 *
 * @param {string} words What pnpm is asked.
 */
export function pnpm(words) {
  const { packageManager } = /** @type {{ packageManager: string }} */ (readJson('package.json'));
  return `npx --yes ${packageManager} ${words}`;
}
