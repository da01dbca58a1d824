import { describe, expect, it } from 'vitest';
import { arrowProblems } from '../check-arrows.mjs';

const layers = [['errors'], ['gguf-io', 'imatrix'], ['quantize']];

function room(folder: string, dependencies: string[] = []) {
  const name = folder.replace(/^.*\//, '');
  const isApp = folder.startsWith('apps/');
  return {
    name: `@x/${name}`,
    room: name,
    folder,
    version: '1.0.0',
    isApp,
    isPublic: true,
    dependencies,
  };
}

const house = (...changed: ReturnType<typeof room>[]) => {
  const rooms = [
    room('apps/cli', ['@x/quantize', 'elsewhere']),
    room('packages/errors'),
    room('packages/gguf-io', ['@x/errors']),
    room('packages/imatrix'),
    room('packages/quantize', ['@x/gguf-io', '@x/errors']),
  ];
  return rooms.map((one) => changed.find(({ folder }) => folder === one.folder) ?? one);
};

describe('arrowProblems', () => {
  it('accepts arrows that point down, and dependencies from elsewhere', () => {
    expect(arrowProblems(house(), layers)).toEqual([]);
  });

  it.each([
    ['up', room('packages/gguf-io', ['@x/quantize']), 'packages/quantize, which is not below it'],
    ['sideways', room('packages/imatrix', ['@x/gguf-io']), 'packages/gguf-io, which is not below it'],
    ['to itself', room('packages/errors', ['@x/errors']), 'packages/errors, which is not below it'],
    ['to an app', room('packages/quantize', ['@x/cli']), 'the app apps/cli'],
    ['from one app to another or itself', room('apps/cli', ['@x/cli']), 'the app apps/cli'],
  ])('names an arrow that points %s', (_, changed, told) => {
    expect(arrowProblems(house(changed), layers)).toEqual([expect.stringContaining(told)]);
  });

  it('lets an app stand on one that has a layer, which has no arrows up itself', () => {
    const withServer = [...layers, ['server']];
    const cli = room('apps/cli', ['@x/server']);
    const server = (...dependencies: string[]) => room('apps/server', dependencies);
    expect(arrowProblems([...house(cli), server('@x/quantize')], withServer)).toEqual([]);
    const wrong = [...house(room('packages/quantize', ['@x/server'])), server()];
    expect(arrowProblems(wrong, withServer)).toEqual([expect.stringContaining('not below it')]);
  });

  it('asks for the layer of a new package', () => {
    const problems = arrowProblems([...house(), room('packages/runtime')], layers);
    expect(problems).toEqual(['packages/runtime has no layer: name it in tools/rooms.mjs.']);
  });
});
