import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

const repository = import.meta.dirname;

/** One test project per package and app, and one for the repository's own tools. */
const rooms = ['packages', 'apps'].flatMap((group) =>
  readdirSync(path.join(repository, group)).map((name) => ({
    name,
    root: path.join(repository, group, name),
  })),
);

export default defineConfig({
  test: {
    // Left to itself, Vitest keeps one core free: half of a machine that has two.
    maxWorkers: availableParallelism(),
    projects: [...rooms, { name: 'tools', root: path.join(repository, 'tools') }].map(({ name, root }) => ({
      test: {
        name,
        root,
        include: ['test/**/*.test.ts'],
        setupFiles: [path.join(repository, 'vitest.setup.ts')],
        testTimeout: 60_000,
        hookTimeout: 60_000,
        expect: { poll: { timeout: 30_000 } },
      },
    })),
  },
});
