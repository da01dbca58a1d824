import { builtinModules } from 'node:module';
import jsdoc from 'eslint-plugin-jsdoc';
import svelte from 'eslint-plugin-svelte';
import tsdoc from 'eslint-plugin-tsdoc';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { browserSafe } from './tools/rooms.mjs';

/** Names of quantized formats (not of plain numbers such as f32): `q8_0`, `iq4_kss`, `q4_k`, `tq1_0`, `mxfp4`. */
const formatName = '/^(i?q\\d+_\\w+|tq\\d+_\\d+|i2_s|(mx|nv)fp4)$/i';
const formatNameMessage =
  'What a format is stands in its file in packages/quant-formats/src/formats. Ask it for a fact instead of comparing its name.';

export default defineConfig(
  // Trials in lab/ are kept as they were measured; generated files are their generator's business.
  { ignores: ['**/dist/', '**/lab/', '**/*.generated.ts', '.changeset/'] },
  // No comment switches a rule off: a rule that is wrong is changed here, with its reason.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,js,mjs,svelte}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      // Sizes that a reader can hold: a function on two screens at most, a file of one matter.
      'max-lines': ['error', { max: 500 }],
      'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', { max: 6 }],
      // A number in a template is exactly what it looks like; messages are full of offsets and counts.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `() => doIt()` returning void is the shape of every callback and hides nothing.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // `while (true)` is the plainest loop over a stream or a queue.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // Loops over typed arrays walk several arrays, strides and offsets at once; `for-of` says less there.
      '@typescript-eslint/prefer-for-of': 'off',
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    plugins: { jsdoc, tsdoc },
    rules: {
      'tsdoc/syntax': 'error',
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true },
          contexts: [
            'TSInterfaceDeclaration',
            'TSTypeAliasDeclaration',
            'TSEnumDeclaration',
            'ExportNamedDeclaration > VariableDeclaration',
          ],
          enableFixer: false,
        },
      ],
    },
  },
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    ignores: ['packages/quant-formats/src/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: `SwitchCase > Literal[value=${formatName}]`, message: formatNameMessage },
        {
          selector: `BinaryExpression[operator=/^[!=]==?$/] > Literal[value=${formatName}]`,
          message: formatNameMessage,
        },
      ],
    },
  },
  {
    // These packages run in a browser: Node stays behind their `node` entries.
    files: browserSafe.map((name) => `packages/${name}/src/**/*.ts`),
    ignores: ['packages/*/src/node.ts', 'packages/*/src/node/**', 'packages/*/src/node-*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: builtinModules,
          patterns: [{ group: ['node:*'], message: 'This package runs in a browser too.' }],
        },
      ],
      'no-restricted-globals': [
        'error',
        'Buffer',
        'process',
        'global',
        'require',
        'setImmediate',
        '__dirname',
        '__filename',
      ],
    },
  },
  {
    files: ['**/*.svelte'],
    extends: [svelte.configs.recommended],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      // The page is one document on one server: its links are plain.
      'svelte/no-navigation-without-resolve': 'off',
      // A fact that is bound may be set by its part: `const` is not for all of what stands in one `$props()`.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    // The commands print, and so do the repository's own tools.
    files: ['apps/cli/**', 'apps/*/bench/**', 'tools/**', 'packages/*/tools/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/test/**/*.ts'],
    rules: {
      // The body of a `describe` is a list of cases, not a function that someone must follow.
      'max-lines-per-function': 'off',
      // A stand-in for an asynchronous interface has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // Clients send what their API calls deprecated, and the server has to take it.
    files: ['apps/server/test/**/*.ts'],
    rules: { '@typescript-eslint/no-deprecated': 'off' },
  },
);
