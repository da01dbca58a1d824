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

/**
 * The steps that turbo runs package by package: it uses every core and remembers what it has checked before.
 *
 * @param {string} tasks
 */
function turbo(tasks) {
  return pnpm(`exec turbo run ${tasks} --continue --output-logs=errors-only`);
}

/** @type {readonly Step[]} */
const steps = [
  ['types', `${turbo('build types')} && tsc`],
  // One process for all packages: types that they share are understood once, which takes half the time of a process for each.
  ['lint', pnpm('run lint')],
  ['packed', turbo('packed')],
  ['format', 'prettier --check --cache --cache-strategy content --log-level warn .'],
  ['unused', 'knip --no-config-hints'],
  ['registry', 'node packages/quant-formats/tools/generate-registry.mjs --check'],
  ['kernels', 'node packages/tensor-kernels/tools/generate-descriptions.mjs --check'],
  ['arrows', 'node tools/check-arrows.mjs'],
  ['packages', 'node tools/check-packages.mjs'],
];

if (process.argv.includes('--fix')) for (const fix of fixes) await runStage(...fix);
for (const step of steps) if (!(await runStage(...step))) process.exitCode = 1;
