import { packageBuild } from '../../tsup.base';

export default packageBuild({
  entry: { index: 'src/index.ts', node: 'src/node.ts' },
  // The addon in dist is built by a task of its own.
  clean: ['!*.node'],
});
