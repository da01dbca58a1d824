/**
 * From a fresh clone to a running project, with Node and npm alone:
 *
 *     node tools/bootstrap.mjs build            install, build
 *     node tools/bootstrap.mjs demo [option…]   install, build, run `halftone demo`
 *     node tools/bootstrap.mjs test             install, build, check, run every test
 *
 * `npm run demo`, `npm test` and `.ci/kernels` call it. A second run finds everything installed and built.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pnpm, readJson, root, runCommand, runStage } from './command.mjs';
import { isNewEnough } from './node-version.mjs';
import { countTests, totalsLine } from './test-totals.mjs';

/** The oldest Node that the project runs on, as `engines` in package.json says it: `>=20.19`. */
function oldestNode() {
  const { engines } = /** @type {{ engines: { node: string } }} */ (readJson('package.json'));
  return engines.node.replace('>=', '');
}

/** Install the pinned tools and build every package. */
async function installAndBuild() {
  return (
    (await runStage('install', pnpm('install --frozen-lockfile --config.confirm-modules-purge=false'))) &&
    (await runStage('build', pnpm('exec turbo run build --output-logs=errors-only')))
  );
}

/** @param {string[]} words What follows `demo`. @returns {number} The exit status. */
function demo(words) {
  const { bin } = /** @type {{ bin: { halftone: string } }} */ (readJson('apps/cli/package.json'));
  const command = path.join(root, 'apps/cli', bin.halftone);
  // Ctrl-C reaches the demo too, which tidies up and ends; until then its terminal is not given back.
  process.on('SIGINT', () => undefined);
  return spawnSync(process.execPath, [command, 'demo', ...words], { stdio: 'inherit' }).status ?? 1;
}

/** @typedef {import('./test-totals.mjs').Totals} Totals */

/**
 * Every test of every package.
 *
 * @returns {Promise<Totals>} A run that failed as a whole counts as one failure: tests that did not load, an
 * error between tests, not one test found.
 */
async function runTests() {
  const folder = mkdtempSync(path.join(tmpdir(), 'halftone-tests-'));
  const reportFile = path.join(folder, 'report.json');
  try {
    const { ok } = await runCommand(
      `vitest run --reporter=default --reporter=json --outputFile.json="${reportFile}"`,
      { show: true },
    );
    if (!existsSync(reportFile)) return { passed: 0, failed: 1, skipped: 0 };
    const report = /** @type {import('./test-totals.mjs').TestReport} */ (readJson(reportFile));
    const totals = countTests(report);
    return totals.failed === 0 && (!ok || totals.passed === 0) ? { ...totals, failed: 1 } : totals;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The last line tells the totals; a set-up or a check that failed counts as one failure. */
async function test() {
  /** @type {string[]} */
  const failures = [];
  let totals = { passed: 0, failed: 0, skipped: 0 };
  if (await installAndBuild()) {
    const { ok } = await runCommand('node tools/check.mjs', { show: true });
    if (!ok) failures.push('The check failed: see above.');
    totals = await runTests();
  } else {
    failures.push('The set-up failed: see above.');
  }
  for (const failure of failures) console.log(failure);
  const failed = totals.failed + failures.length;
  console.log(totalsLine({ ...totals, failed }));
  return failed === 0 ? 0 : 1;
}

/** @returns {Promise<number>} The exit status. */
async function main() {
  const oldest = oldestNode();
  if (!isNewEnough(process.versions.node, oldest)) {
    console.error(
      `This is Node ${process.versions.node}. Halftone needs Node ${oldest} or newer: https://nodejs.org`,
    );
    return 1;
  }
  const [what, ...words] = process.argv.slice(2);
  if (what === 'test') return test();
  if (what === 'build') return (await installAndBuild()) ? 0 : 1;
  if (what === 'demo') return (await installAndBuild()) ? demo(words) : 1;
  console.error('Say what to run: build, demo or test.');
  return 2;
}

process.exitCode = await main();
