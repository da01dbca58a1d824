import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** One test project per package and app, and one for the repository's own tools. */
const rooms = ['packages', 'apps'].flatMap((group) =>
  readdirSync(group).map((name) => ({ name, root: `${group}/${name}` })),
);

export default defineConfig({
  test: {
    projects: [...rooms, { name: 'tools', root: 'tools' }].map(({ name, root }) => ({
      test: { name, root, include: ['test/**/*.test.ts'], testTimeout: 60_000 },
    })),
  },
});
