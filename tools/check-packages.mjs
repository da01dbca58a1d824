/** Package shape: every package has the same skeleton. What is packed of it, `check-packed.mjs` checks. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { root } from './command.mjs';
import { workspacePackages } from './workspace.mjs';

/** A build that needs more lines than this has become a program: it belongs into `tsup.base.ts`. */
const MAX_BUILD_CONFIG_LINES = 15;

/** @param {string} source TypeScript. @returns {boolean} Whether it holds `export … from` and nothing else. */
export function onlyReExports(source) {
  const file = ts.createSourceFile('index.ts', source, ts.ScriptTarget.Latest);
  return file.statements.every(
    (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined,
  );
}

/** The steps of the check that turbo runs package by package; a package without the script would be left out. */
const CHECKED_BY_SCRIPTS = ['build', 'types', 'packed'];

/**
 * What is missing from the skeleton of one package.
 *
 * @param {(file: string) => string | undefined} read Text of a file of the package, if it is there.
 * @param {readonly string[]} tests Names of the files in its `test` folder.
 * @param {boolean} isApp An app's `index.ts` is its program; a package's says what the package offers.
 * @returns {string[]}
 */
export function skeletonProblems(read, tests, isApp) {
  const readme = read('README.md');
  const index = read('src/index.ts');
  const build = read('tsup.config.ts');
  /** @type {unknown} */
  const json = JSON.parse(read('package.json') ?? '{}');
  const { scripts = {} } = /** @type {{ scripts?: Record<string, string> }} */ (json);
  return [
    ...CHECKED_BY_SCRIPTS.filter((name) => !(name in scripts)).map(
      (name) => `package.json has no script ${name}`,
    ),
    readme?.includes('```') === true ? undefined : 'README.md with an example is missing',
    index === undefined ? 'src/index.ts is missing' : undefined,
    isApp || onlyReExports(index ?? '') ? undefined : 'src/index.ts does more than re-export',
    build === undefined ? 'tsup.config.ts is missing' : undefined,
    (build?.trimEnd().split('\n').length ?? 0) > MAX_BUILD_CONFIG_LINES
      ? `tsup.config.ts has more than ${MAX_BUILD_CONFIG_LINES} lines`
      : undefined,
    tests.some((name) => name.endsWith('.test.ts')) ? undefined : 'test/ holds no *.test.ts',
  ].filter((problem) => problem !== undefined);
}

/**
 * Whether the version that package.json names will be or has been told to its users: a changeset waits for the
 * next release, or the changelog has the version. It needs no history, so it holds in a shallow clone too.
 *
 * @param {{ name: string, version: string }} one
 * @param {readonly string[]} changesets Text of the waiting changesets.
 * @param {string} changelog Text of the package's changelog, empty before the first release.
 */
export function isTold({ name, version }, changesets, changelog) {
  const frontMatter = new RegExp(`^['"]${name}['"]: (patch|minor|major)$`, 'm');
  return changesets.some((text) => frontMatter.test(text)) || changelog.includes(`\n## ${version}\n`);
}

/** @param {string} file Seen from the repository's folder. @returns {string | undefined} */
function readIfThere(file) {
  const absolute = path.join(root, file);
  return existsSync(absolute) ? readFileSync(absolute, 'utf8') : undefined;
}

/** @param {string} folder Seen from the repository's folder. @returns {string[]} Its files, at any depth. */
function filesBelow(folder) {
  const absolute = path.join(root, folder);
  return existsSync(absolute) ? readdirSync(absolute, { encoding: 'utf8', recursive: true }) : [];
}

/** @param {import('./workspace.mjs').WorkspacePackage} one @param {readonly string[]} changesets */
function sourceProblems(one, changesets) {
  const problems = skeletonProblems(
    (file) => readIfThere(`${one.folder}/${file}`),
    filesBelow(`${one.folder}/test`),
    one.isApp,
  );
  const told = !one.isPublic || isTold(one, changesets, readIfThere(`${one.folder}/CHANGELOG.md`) ?? '');
  return told
    ? problems
    : [...problems, `version ${one.version} has neither a changeset nor a changelog entry`];
}

/** @returns {string[]} */
function allProblems() {
  const changesets = readdirSync(path.join(root, '.changeset'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(path.join(root, '.changeset', name), 'utf8'));
  return workspacePackages().flatMap((one) =>
    sourceProblems(one, changesets).map((problem) => `${one.folder}: ${problem}.`),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const problems = allProblems();
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
