import type { Options } from 'tsup';

/**
 * The one build shape of every package: ES modules and their type declarations.
 *
 * `entry` maps an output name to a source file, one per `exports` line of the package.
 */
export function packageBuild(options: Options & { entry: Record<string, string> }): Options {
  return {
    format: 'esm',
    target: 'es2022',
    clean: true,
    sourcemap: true,
    splitting: true,
    // tsup's declaration step still sets an option that TypeScript 6 calls deprecated.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    ...options,
  };
}
