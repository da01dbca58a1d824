import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatNames, formats, rowsTogether } from '@halftone/quant-formats';
import {
  GgufWriter,
  ggufArray,
  MemorySink,
  MemorySource,
  openGguf,
  type GgufArray,
  type GgufElements,
  type GgufHeader,
  type GgufTensorShape,
  type GgufValue,
  type GgufValueType,
} from '../src/index';

/** What stands for any value of a type; arrays have a way of their own. */
const scalars: { readonly [Type in Exclude<GgufValueType, 'array'>]: fc.Arbitrary<GgufElements[Type]> } = {
  uint8: fc.nat({ max: 0xff }),
  int8: fc.integer({ min: -0x80, max: 0x7f }),
  uint16: fc.nat({ max: 0xffff }),
  int16: fc.integer({ min: -0x8000, max: 0x7fff }),
  uint32: fc.nat({ max: 0xffff_ffff }),
  int32: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  float32: fc.float(),
  bool: fc.boolean(),
  string: fc.string({ unit: 'grapheme' }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  float64: fc.double(),
};

function scalar<Type extends keyof typeof scalars>(type: Type): fc.Arbitrary<GgufElements[Type]> {
  return scalars[type];
}

function arrayOf<Type extends keyof typeof scalars>(type: Type): fc.Arbitrary<GgufArray<Type>> {
  return fc.array(scalar(type), { maxLength: 5 }).map((elements) => ggufArray(type, elements));
}

const scalarTypes = Object.keys(scalars).filter((name): name is keyof typeof scalars => name in scalars);
const flatArrays: fc.Arbitrary<GgufArray> = fc.oneof(...scalarTypes.map((type) => arrayOf(type)));
const nestedArrays: fc.Arbitrary<GgufArray> = fc
  .array(flatArrays, { maxLength: 3 })
  .map((elements) => ggufArray('array', elements));

function valueOf<Type extends keyof typeof scalars>(type: Type): fc.Arbitrary<GgufValue<Type>> {
  return scalar(type).map((value) => ({ type, value }));
}

const values: fc.Arbitrary<GgufValue> = fc.oneof(
  ...scalarTypes.map((type) => valueOf(type)),
  fc.oneof(flatArrays, nestedArrays).map((value): GgufValue => ({ type: 'array', value })),
);

/** Keys of the program itself stay out: `general.alignment` has a meaning. */
const metadata = fc.uniqueArray(
  fc.tuple(
    fc.string({ unit: 'grapheme' }).map((key) => `t.${key}`),
    values,
  ),
  {
    selector: ([key]) => key,
    maxLength: 8,
  },
);

const shape: fc.Arbitrary<Omit<GgufTensorShape, 'name'>> = fc
  .tuple(
    fc.constantFrom(...formatNames.filter((name) => formats[name].encodeRow !== undefined)),
    fc.integer({ min: 1, max: 3 }),
    fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
  )
  .map(([format, blocks, others]) => ({
    format,
    dimensions: [
      blocks * formats[format].blockLength,
      rowsTogether(formats[format]) * (others[0] ?? 1),
      ...others.slice(1),
    ],
  }));

const tensors = fc.uniqueArray(
  fc.tuple(fc.string({ maxLength: 20 }), shape).map(([name, rest]): GgufTensorShape => ({ name, ...rest })),
  { selector: ({ name }) => name, maxLength: 5 },
);

const headers: fc.Arbitrary<GgufHeader> = fc
  .tuple(fc.constantFrom(2 as const, 3 as const), metadata, tensors, fc.constantFrom(undefined, 8, 32, 4096))
  .map(([version, entries, shapes, alignment]) => ({
    version,
    metadata: new Map([
      ...entries,
      ...(alignment === undefined
        ? []
        : [['general.alignment', { type: 'uint32', value: alignment }] as const]),
    ]),
    tensors: shapes,
  }));

/** Values as plain data, arrays spelled out. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !(Symbol.iterator in value)) return value;
  return {
    type: 'elementType' in value && value.elementType,
    elements: Array.from(value as Iterable<unknown>, plain),
  };
}

function plainMetadata({ metadata: entries }: GgufHeader): unknown {
  return [...entries].map(([key, { type, value }]) => ({ key, type, value: plain(value) }));
}

test('any header and any data that are written are read back', async () => {
  await fc.assert(
    fc.asyncProperty(headers, fc.integer({ min: 1, max: 5000 }), async (header, pieceBytes) => {
      const sink = new MemorySink();
      const writer = await GgufWriter.open(sink, header);
      const data = writer.tensors.map(({ byteLength }, index) =>
        new Uint8Array(byteLength).map((_, at) => at * 7 + index),
      );
      for (const bytes of data) {
        for (let at = 0; at < bytes.length; at += pieceBytes)
          await writer.write(bytes.subarray(at, at + pieceBytes));
      }
      await writer.finish();

      const file = await openGguf(new MemorySource(sink.bytes ?? new Uint8Array()));
      expect(file.version).toBe(header.version);
      expect(file.byteLength).toBe(writer.byteLength);
      expect(plainMetadata(file)).toEqual(plainMetadata(header));
      expect(file.tensors).toEqual(writer.tensors);
      expect(file.tensors).toMatchObject(header.tensors);
      for (const [index, tensor] of file.tensors.entries()) {
        expect(await file.readTensorBytes(tensor)).toEqual(data[index]);
      }
    }),
    { numRuns: 300 },
  );
});
