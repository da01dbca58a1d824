import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { transform } from 'esbuild';

/**
 * Run the first TypeScript example of a package's README as its reader would: a module in the package's folder, which
 * imports the built package by its name.
 *
 * @param testFile - `import.meta.url` of a test, which stands in the package's folder `test`.
 * @param replacements - file names of the example, and the paths to put in their place.
 * @returns what the example prints.
 */
export async function runReadmeExample(
  testFile: string,
  replacements: Readonly<Record<string, string>> = {},
): Promise<string> {
  const readme = await readFile(new URL('../README.md', testFile), 'utf8');
  const example = /```ts\n(.*?)```/s.exec(readme)?.[1];
  if (example === undefined) throw new Error('the README has no example');
  return runExample(
    Object.entries(replacements).reduce(
      (text, [name, path]) => text.replace(`'${name}'`, JSON.stringify(path)),
      example,
    ),
    new URL('..', testFile),
  );
}

/**
 * Run an example in TypeScript as a module that stands in a folder.
 *
 * @returns what the example prints.
 */
export async function runExample(example: string, folder: URL): Promise<string> {
  const { code } = await transform(example, { loader: 'ts' });
  const cwd = fileURLToPath(folder);
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], {
    cwd,
  });
  return stdout;
}
