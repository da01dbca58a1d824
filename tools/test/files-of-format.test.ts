import { describe, expect, it } from 'vitest';
import { filesOfFormat, formatsThereAre } from '../files-of-format.mjs';

/** What is made of the formats' own files, and the file types that quantizing chooses among. */
const GENERATED = /\.generated\.ts$|\/native\/generated\//;
const FILE_TYPES = 'packages/recipe-dsl/src/ftypes/';
/** Interleaved rows that are left over get a type of single rows. */
const RELATIVES = 'packages/quant-formats/src/formats/';
/** A choice of ik_llama.cpp: what takes the place of a type that does not fit. */
const LADDER = 'packages/recipe-dsl/src/plan/fallback.ts';

/** Plain numbers are the encoding of fields too, and what sums and caches are made of; so is q8_0. */
const EVERYWHERE = new Set(['f32', 'f16', 'bf16', 'q8_0']);

describe('what a format costs', () => {
  it.each(formatsThereAre().filter((format) => !EVERYWHERE.has(format)))(
    '%s: two files, one more for the fast backends, and no list knows it',
    (format) => {
      const { own, naming } = filesOfFormat(format);
      expect([
        `packages/quant-formats/src/formats/${format}.ts`,
        `packages/quant-formats/test/goldens/${format}.bin`,
        `packages/tensor-kernels/native/formats/${format}.hpp`,
      ]).toEqual(expect.arrayContaining(own));
      expect(own.length).toBeGreaterThanOrEqual(2);
      const others = [FILE_TYPES, RELATIVES, LADDER];
      const byHand = naming.filter((file) => !GENERATED.test(file));
      expect(byHand.filter((file) => !others.some((other) => file.startsWith(other)))).toEqual([]);
    },
  );
});
