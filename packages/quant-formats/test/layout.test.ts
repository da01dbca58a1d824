import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Field } from '../src';
import { formats, rowsTogether } from '../src';
import { renderLayout } from './render-layout';

/** The offsets at which fields would stand without gap or overlap, and behind them the length of all. */
function packedOffsets(fields: readonly Field[]): number[] {
  const offsets = [0];
  for (const { lengthBytes } of fields) offsets.push((offsets.at(-1) ?? 0) + lengthBytes);
  return offsets;
}

/** The drawing in the head comment of a format's file: the indented lines that draw a box or stand over one. */
function drawnLayout(name: string): string[] {
  const source = readFileSync(new URL(`../src/formats/${name}.ts`, import.meta.url), 'utf8');
  const comment = source.slice(0, source.indexOf('*/'));
  const lines = comment.split('\n').map((line) => line.replace(/^ \* {0,3}/, ''));
  return lines.filter((line) => /^([+|]|row prefix: |block: )/.test(line));
}

describe.each(Object.values(formats))('$name', (format) => {
  const { layout, rowPrefixBytes, bytesPerBlock } = format;
  const rows = rowsTogether(format);

  test.each([
    ['row prefix', layout.rowPrefix, rows * rowPrefixBytes],
    ['block', layout.block, rows * bytesPerBlock],
  ] as const)('the fields of the %s fill it without gap or overlap', (_part, fields, length) => {
    expect([...fields.map(({ offsetBytes }) => offsetBytes), length]).toEqual(packedOffsets(fields));
  });

  test('the drawing in its file is what the facts render to', () => {
    expect(drawnLayout(format.name)).toEqual(renderLayout(format));
  });
});
