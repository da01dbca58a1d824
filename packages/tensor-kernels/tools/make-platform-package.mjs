/**
 * Prepares the package that brings the addon prebuilt for one platform, so that nobody needs a compiler:
 *
 *     node tools/make-platform-package.mjs --addon FILE --platform linux-x64-gnu --out FOLDER
 *
 * The package has no install script; package managers choose it by `os`, `cpu` and `libc`. `src/node-addon.ts` looks for it.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** @typedef {{ name: string, version: string, license: string, engines: object }} Manifest */

/** What package managers call the C libraries. */
const libraries = { gnu: 'glibc', musl: 'musl' };

/** The files of the package, but for the addon. @param {string} platform As `linux-x64-gnu` or `win32-x64`. */
function platformPackage(platform) {
  const [os, cpu, library] = platform.split('-');
  if (os === undefined || cpu === undefined)
    throw new Error(`"${platform}" is not a platform such as linux-x64-gnu.`);
  /** @type {unknown} */
  const json = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const own = /** @type {Manifest} */ (json);
  const name = `${own.name}-${platform}`;
  const manifest = {
    name,
    version: own.version,
    description: `The native code of ${own.name} for ${platform}.`,
    license: own.license,
    os: [os],
    cpu: [cpu],
    ...(library === 'gnu' || library === 'musl' ? { libc: [libraries[library]] } : {}),
    engines: own.engines,
    main: 'halftone.node',
    files: ['halftone.node'],
  };
  const readme = `# ${name}\n\nThe native code of \`${own.name}\` for ${platform}. That package loads it; there is nothing to import here.\n`;
  return { 'package.json': `${JSON.stringify(manifest, undefined, 2)}\n`, 'README.md': readme };
}

const { values } = parseArgs({
  options: { addon: { type: 'string' }, platform: { type: 'string' }, out: { type: 'string' } },
});
if (values.addon === undefined || values.platform === undefined || values.out === undefined) {
  throw new Error('Say --addon FILE --platform PLATFORM --out FOLDER.');
}
mkdirSync(values.out, { recursive: true });
for (const [file, text] of Object.entries(platformPackage(values.platform)))
  writeFileSync(path.join(values.out, file), text);
copyFileSync(values.addon, path.join(values.out, 'halftone.node'));
