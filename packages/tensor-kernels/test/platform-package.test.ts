import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backendReport } from '../src/node';

const folder = fileURLToPath(new URL('..', import.meta.url));
const addon = path.join(folder, 'dist', `halftone-${process.platform}-${process.arch}.node`);
const installed = mkdtempSync(path.join(tmpdir(), 'halftone-platform-'));
const scope = path.join(installed, 'node_modules', '@halftone');
const [native] = await backendReport();

/** The package as a user has it: without the addon, which is not published with it. */
function installWithoutAddon(): void {
  const target = path.join(scope, 'tensor-kernels');
  mkdirSync(target, { recursive: true });
  for (const item of ['package.json', 'dist', 'wasm']) {
    cpSync(path.join(folder, item), path.join(target, item), {
      recursive: true,
      filter: (file) => !file.endsWith('.node'),
    });
  }
  for (const name of ['errors', 'quant-formats']) {
    symlinkSync(path.join(folder, '..', name), path.join(scope, name), 'junction');
  }
}

/** What native code in the installed package says of itself, or why there is none. */
function nativeThere(): string {
  const program = `
    import { backendReport } from '@halftone/tensor-kernels/node';
    const [native] = await backendReport();
    console.log(native.description ?? native.reason);`;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: installed,
    encoding: 'utf8',
  });
}

describe.skipIf(native?.isAvailable !== true)('the package for this platform', () => {
  beforeAll(installWithoutAddon);
  afterAll(() => rmSync(installed, { recursive: true }));

  test('is looked for, and once there is used', () => {
    const refusal = nativeThere();
    const platform = /Cannot find module '@halftone\/tensor-kernels-([a-z0-9-]+)'/.exec(refusal)?.[1];
    expect(platform, refusal).toContain(`${process.platform}-${process.arch}`);
    const name = `tensor-kernels-${platform}`;
    execFileSync(process.execPath, [
      path.join(folder, 'tools', 'make-platform-package.mjs'),
      ...['--addon', addon, '--platform', platform ?? '', '--out', path.join(scope, name)],
    ]);
    expect(nativeThere()).toMatch(new RegExp(`^native: .*, @halftone/${name}, `));
    const manifest: unknown = createRequire(import.meta.url)(path.join(scope, name, 'package.json'));
    expect(manifest).toMatchObject({ os: [process.platform], cpu: [process.arch], files: ['halftone.node'] });
    expect(manifest).not.toHaveProperty('scripts');
  });
});
