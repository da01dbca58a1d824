import { describe, expect, it } from 'vitest';
import { isTold, onlyReExports, skeletonProblems } from '../check-packages.mjs';

const whole: Record<string, string> = {
  'package.json': '{ "scripts": { "build": "", "types": "", "packed": "" } }',
  'README.md': '# x\n```ts\nx();\n```\n',
  'src/index.ts': "export { a } from './a';\nexport type * from './b';\n",
  'tsup.config.ts': 'export default {};\n',
};

function problems(changed: Record<string, string | undefined>, tests = ['a.test.ts'], isApp = false) {
  const files = { ...whole, ...changed };
  return skeletonProblems((file) => files[file], tests, isApp);
}

describe('skeletonProblems', () => {
  it('accepts a whole package', () => {
    expect(problems({})).toEqual([]);
  });

  it.each([
    ['package.json', '{ "scripts": { "build": "", "packed": "" } }', 'package.json has no script types'],
    ['README.md', undefined, 'README.md with an example is missing'],
    ['README.md', '# x\n', 'README.md with an example is missing'],
    ['src/index.ts', undefined, 'src/index.ts is missing'],
    ['src/index.ts', 'export const a = 1;\n', 'src/index.ts does more than re-export'],
    ['tsup.config.ts', undefined, 'tsup.config.ts is missing'],
    ['tsup.config.ts', '//\n'.repeat(16), 'tsup.config.ts has more than 15 lines'],
  ])('%s as %j: %s', (file, text, told) => {
    expect(problems({ [file]: text })).toEqual([told]);
  });

  it('asks for tests', () => {
    expect(problems({}, ['golden.json'])).toEqual(['test/ holds no *.test.ts']);
  });

  it('lets the index of an app be its program', () => {
    expect(problems({ 'src/index.ts': 'run();\n' }, ['a.test.ts'], true)).toEqual([]);
  });
});

describe('onlyReExports', () => {
  it.each([
    ['// a comment\nexport * from "./a";', true],
    ['import { a } from "./a"; export { a };', false],
    ['export { a } from "./a"; a();', false],
    ['export {};', false],
  ])('%s: %s', (source, expected) => {
    expect(onlyReExports(source)).toBe(expected);
  });
});

describe('isTold', () => {
  const one = { name: '@x/a', version: '0.1.0' };

  it('by a waiting changeset, whatever its quotes', () => {
    expect(isTold(one, ["---\n'@x/a': minor\n---\n"], '')).toBe(true);
    expect(isTold(one, ['---\n"@x/b": patch\n"@x/a": patch\n---\n'], '')).toBe(true);
  });

  it('by the changelog of that version', () => {
    expect(isTold(one, [], '# @x/a\n\n## 0.1.0\n\n- first\n')).toBe(true);
  });

  it('not by the changeset of another package or the changelog of another version', () => {
    expect(isTold(one, ["---\n'@x/a-b': minor\n---\n'@x/a' is better\n"], '# @x/a\n\n## 0.0.1\n')).toBe(
      false,
    );
  });
});
