import { readFileSync } from 'node:fs';

/** Files in `goldens/` that other programs wrote. */
export const goldenNames = ['all-types', 'version-2', 'cut-model', 'gguf-py'] as const;

export type GoldenName = (typeof goldenNames)[number];

/** The bytes of a golden file. */
export function golden(name: GoldenName): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`goldens/${name}.gguf`, import.meta.url)));
}
