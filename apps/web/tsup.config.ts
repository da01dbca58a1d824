import { packageBuild } from '../../tsup.base';

// The page itself is built by Vite, into dist/page.
export default packageBuild({ entry: { index: 'src/index.ts' } });
