/**
 * Whether a version of Node is new enough.
 *
 * @param {string} found For example `20.19.5`.
 * @param {string} oldest For example `20.19`.
 */
export function isNewEnough(found, oldest) {
  return found.localeCompare(oldest, 'en', { numeric: true }) >= 0;
}
