import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** A Chromium of this machine, if there is one. */
const executable = (process.env['PATH'] ?? '')
  .split(path.delimiter)
  .flatMap((folder) => names.map((name) => path.join(folder, name)))
  .find((file) => existsSync(file));

/** Why tests with a browser are skipped here; undefined where they run. */
export const noChromium = executable === undefined ? `none of ${names.join(', ')} is in the PATH` : undefined;

/** Start it without a window. */
export function startChromium(): Promise<Browser> {
  if (executable === undefined) throw new Error('there is no Chromium');
  // Its sandbox needs rights that containers do not have, and it loads nothing but our own page.
  return chromium.launch({ executablePath: executable, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}
