import { build, type BuildOptions } from 'esbuild';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../command.mjs';
import { browserSafe } from '../rooms.mjs';

/** Bundle for a browser; a Node built-in, there or in a dependency, makes it fail. */
async function bundle(input: BuildOptions): Promise<string> {
  const { outputFiles } = await build({
    ...input,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

describe('browser-safe packages', () => {
  it.each(browserSafe)('%s bundles for a browser', async (name) => {
    const code = await bundle({ entryPoints: [path.join(root, 'packages', name, 'src/index.ts')] });
    expect(code).toContain('export {');
  });

  it.each(['node:fs', 'fs'])('a package that imports %s would not', async (builtIn) => {
    const stdin = {
      contents: `import { readFileSync } from '${builtIn}'; readFileSync('x');`,
      resolveDir: root,
    };
    await expect(bundle({ stdin })).rejects.toThrow(builtIn);
  });
});
