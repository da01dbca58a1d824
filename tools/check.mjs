/**
 * The one check, the same for people and for continuous integration:
 *
 *     node tools/check.mjs          everything but the tests
 *     node tools/check.mjs --fix    first lets the formatter and the linter mend what they can
 *
 * Its exit status is 0 when every step succeeded.
 */

import { pnpm, runStage } from './command.mjs';

/** @typedef {[name: string, commandLine: string]} Step */

/** @type {readonly Step[]} What can be mended without a thought. */
const fixes = [
  ['prettier', 'prettier --write --log-level warn .'],
  ['eslint', 'eslint --fix .'],
];

/** @type {Step} First and alone: the other steps read what it builds, and turbo runs its own tasks in parallel. */
const types = ['types', `${pnpm('exec turbo run build types --output-logs=errors-only')} && tsc`];

/** @type {readonly Step[]} In any order, the longest first. */
const steps = [
  ['packages', 'node tools/check-packages.mjs'],
  ['lint', 'eslint --max-warnings 0 .'],
  ['format', 'prettier --check --log-level warn .'],
  ['unused', 'knip --no-config-hints'],
  ['registry', 'node packages/quant-formats/tools/generate-registry.mjs --check'],
  ['arrows', 'node tools/check-arrows.mjs'],
];

/** How many steps run at once: most of them keep one core busy, and the smallest machine has two. */
const AT_ONCE = 2;

/** @param {readonly Step[]} remaining @returns {Promise<boolean>} Whether all succeeded. */
async function runSteps(remaining) {
  const queue = [...remaining];
  let ok = true;
  const worker = async () => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
      if (!(await runStage(...step))) ok = false;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return ok;
}

if (process.argv.includes('--fix')) for (const fix of fixes) await runStage(...fix);
const typesOk = await runStage(...types);
const stepsOk = await runSteps(steps);
process.exitCode = typesOk && stepsOk ? 0 : 1;
