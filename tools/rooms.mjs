/**
 * The rooms of the house: the packages by layer, from the bottom up, and which of them run in a browser.
 *
 * The one place that says it. The lint configuration, the check of import direction and the browser bundle
 * test read it from here; `docs/architecture.md` explains it.
 */

/**
 * Layers from the bottom up. A package may depend on packages of lower layers only. Folder names; an app that is
 * not named stands above all of them.
 *
 * @type {ReadonlyArray<readonly string[]>}
 */
export const layers = [
  ['errors', 'demo-model'],
  ['quant-formats'],
  ['tensor-kernels', 'gguf-io'],
  ['imatrix', 'recipe-dsl', 'tokenizer', 'chat', 'grammar'],
  ['quantize', 'evaluate', 'runtime', 'conversation'],
  // The page that the server serves: it knows nothing of the packages.
  ['web'],
  // The app that another stands on: it is a library, and `halftone serve` starts it.
  ['server'],
];

/**
 * Packages whose main entry runs in a browser: no Node built-in, no Node global.
 *
 * @type {readonly string[]}
 */
export const browserSafe = [
  'errors',
  'quant-formats',
  'gguf-io',
  'imatrix',
  'recipe-dsl',
  'tensor-kernels',
  'evaluate',
  'tokenizer',
  'chat',
  'grammar',
  'conversation',
  'runtime',
];
