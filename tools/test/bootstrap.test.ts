import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { root } from '../command.mjs';

/** Run the bootstrap; `version` is what it takes the running Node for. */
function bootstrap(words: string[], version = process.versions.node) {
  const disguise = `Object.defineProperty(process.versions, 'node', { value: '${version}' });`;
  const script = pathToFileURL(path.join(root, 'tools/bootstrap.mjs')).href;
  const program = `${disguise} process.argv.splice(1, 0, 'bootstrap'); await import('${script}');`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', program, ...words], {
    encoding: 'utf8',
  });
}

it('says which Node is needed before it does anything', () => {
  const { status, stdout, stderr } = bootstrap(['test'], '20.18.3');
  expect(stderr).toBe('This is Node 20.18.3. Halftone needs Node 20.19 or newer: https://nodejs.org\n');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
});

it('asks what to run', () => {
  const { status, stderr } = bootstrap(['dance']);
  expect({ status, stderr }).toEqual({ status: 2, stderr: 'Say what to run: build, demo or test.\n' });
});
