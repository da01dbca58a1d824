/**
 * What would be published is right: packs the package in the current folder, and lets publint and
 * are-the-types-wrong look at what a user would install.
 */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pnpm, runCommand } from './command.mjs';

/** @param {string} commandLine @param {string} [folder] @returns {Promise<void>} Fails as the command fails. */
async function run(commandLine, folder) {
  const { ok, output } = await runCommand(commandLine, { folder });
  if (!ok) throw new Error(`$ ${commandLine}\n${output.trimEnd()}`);
}

const folder = mkdtempSync(path.join(tmpdir(), 'halftone-packed-'));
try {
  await run(pnpm(`pack --pack-destination "${folder}"`), process.cwd());
  for (const name of readdirSync(folder)) {
    const tarball = path.join(folder, name);
    await run(`publint run "${tarball}" --strict`);
    await run(`attw "${tarball}" --profile esm-only --format ascii --no-emoji`);
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
