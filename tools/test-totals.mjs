/** From vitest's JSON report to the line that ends `npm test`. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */

/**
 * The parts of vitest's JSON report that are counted.
 *
 * @typedef {object} TestReport
 * @property {{ status: string, assertionResults: { status: string }[] }[]} testResults One per test file.
 */

/**
 * Count the tests of a report. A file that could not be loaded has no tests and counts as one failure.
 *
 * @param {TestReport} report
 * @returns {Totals}
 */
export function countTests({ testResults }) {
  const statuses = testResults.flatMap((file) =>
    file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')
      ? [...file.assertionResults.map(({ status }) => status), 'failed']
      : file.assertionResults.map(({ status }) => status),
  );
  const count = (/** @type {(status: string) => boolean} */ matches) => statuses.filter(matches).length;
  return {
    passed: count((status) => status === 'passed'),
    failed: count((status) => status === 'failed'),
    skipped: count((status) => status !== 'passed' && status !== 'failed'),
  };
}

/** @param {Totals} totals */
export function totalsLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
