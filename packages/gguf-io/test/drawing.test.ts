import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { MemorySource, openGguf } from '../src/index';
import { golden, goldenNames } from './goldens';

interface DrawnField {
  readonly bytes: string;
  readonly field: string;
  readonly repeated: string;
}

/** The rows of the drawing in the comment of `parseHeader`. */
function drawnFields(): DrawnField[] {
  const source = readFileSync(new URL('../src/read/header.ts', import.meta.url), 'utf8');
  const drawing = /```text\n([^`]*)```/.exec(source)?.[1] ?? '';
  return drawing
    .split('\n')
    .map((line) => line.replace(/^ \* {3}/, '').split(/ {2,}/))
    .flatMap(([bytes = '', field = '', repeated = '']) =>
      repeated === '' ? [] : [{ bytes, field, repeated }],
    )
    .filter(({ bytes }) => bytes !== 'bytes' && !bytes.startsWith('-'));
}

/** Bytes of a value of the types that have a fixed length, by the numbers of the specification. */
const valueBytes = new Map([0, 1, 7].map((id) => [id, 1]));
for (const id of [2, 3]) valueBytes.set(id, 2);
for (const id of [4, 5, 6]) valueBytes.set(id, 4);
for (const id of [10, 11, 12]) valueBytes.set(id, 8);

/** Walks a file by the drawing alone, and shares nothing with the reader. */
class Walker {
  position = 0;
  /** The number that each field held when it was last seen. */
  readonly seen = new Map<string, number>();
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  walk(fields: readonly DrawnField[], count: number): void {
    for (let index = 0; index < count; index++) {
      for (const { bytes, field } of fields) this.#step(bytes, field);
    }
  }

  #step(bytes: string, field: string): void {
    if (bytes === '4') this.seen.set(field, this.#view.getUint32(this.position, true));
    if (bytes === '8') this.seen.set(field, Number(this.#view.getBigUint64(this.position, true)));
    this.position += this.#length(bytes);
  }

  #length(bytes: string): number {
    if (bytes === '8 + n') return 8 + Number(this.#view.getBigUint64(this.position, true));
    if (bytes === '8 * d') return 8 * this.#number('dimension count');
    if (bytes === 'v') return this.#valueLength(this.#number('value type'), this.position);
    return Number(bytes);
  }

  #valueLength(type: number, position: number): number {
    if (type === 8) return 8 + Number(this.#view.getBigUint64(position, true));
    if (type !== 9) return valueBytes.get(type) ?? NaN;
    const elementType = this.#view.getUint32(position, true);
    const count = Number(this.#view.getBigUint64(position + 4, true));
    let length = 12;
    for (let index = 0; index < count; index++) length += this.#valueLength(elementType, position + length);
    return length;
  }

  #number(field: string): number {
    return this.seen.get(field) ?? NaN;
  }
}

describe('the drawing of the file', () => {
  const fields = drawnFields();
  const repeated = (how: string): DrawnField[] => fields.filter((field) => field.repeated.startsWith(how));

  test.each(goldenNames)('leads through %s to its tensor data', async (name) => {
    const bytes = golden(name);
    const walker = new Walker(bytes);
    walker.walk(
      repeated('once').filter(({ bytes: length }) => length !== 'pad'),
      1,
    );
    walker.walk(repeated('per metadata entry'), walker.seen.get('metadata count') ?? 0);
    const tensorFields = repeated('per tensor').filter(({ bytes: length }) => length !== 'rows');
    walker.walk(tensorFields, walker.seen.get('tensor count') ?? 0);

    const file = await openGguf(new MemorySource(bytes));
    expect(walker.position).toBe(file.headerByteLength);
    const last = file.tensors.at(-1);
    expect(walker.seen.get('offset')).toBe((last?.byteOffset ?? NaN) - file.dataOffset);
    expect(walker.seen.get('version')).toBe(file.version);
  });

  test('has every field in its order', () => {
    expect(fields.map(({ field }) => field)).toEqual([
      'magic',
      'version',
      'tensor count',
      'metadata count',
      'key',
      'value type',
      'value',
      'name',
      'dimension count',
      'dimensions',
      'format id',
      'offset',
      'zeros',
      'data',
    ]);
  });
});
