/*
 * How the bits of several rows are woven into one another, told as data. A move takes one field of the rows' blocks to one field of the woven block:
 *
 *     qs: l4 i4 b8 -> qs: l r i b
 *
 * The bits of the field are an array with axes: four runs `l` of four bytes `i` of eight bits `b`, outermost first. In the woven field the same axes stand in
 * another order, with `r` for the rows. An axis strides over what stands behind it, or over as many bits as `*` says; `@` says at which bit of the field the
 * first one is. Some of them pass through a bijection of the values of their last axis.
 */
import { u8At } from '../numeric/bytes';
import type { Field } from '../format';

/** What becomes of the values of the last axis of a move; `undo` takes each result back to its value. */
export interface Recoding {
  readonly apply: (value: number) => number;
  readonly undo: (value: number) => number;
}

/** A move, or one with a recoding. */
export type Move = string | readonly [move: string, recoding: Recoding];

/** One value of up to sixteen bits that moves: where it is in the single rows' blocks and in the woven block, counted in bits. */
interface Unit {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly recoding: Recoding | undefined;
}

/** Bits of the largest unit that is moved at once; wider ones go byte by byte. */
const BYTE = 8;
const ROW_AXIS = 'r';

interface Axis {
  readonly name: string;
  readonly size: number;
  readonly stride: number;
}

interface Side {
  readonly field: string;
  readonly offset: number;
  readonly axes: readonly Axis[];
}

/** Moves bits between the blocks of `rows` single rows and one woven block. */
export class Weaver {
  private readonly units: readonly Unit[];

  /**
   * @param moves - that take every bit of the woven block from another bit
   * @param single - the fields of a block of a single row
   * @param woven - the fields of a woven block
   */
  constructor(moves: readonly Move[], rows: number, single: readonly Field[], woven: readonly Field[]) {
    this.units = moves.flatMap((move) => unitsOf(move, rows, single, woven));
  }

  /** The bits of the woven block, in some order, each with the row and the bit that it comes from. */
  *bits(): Generator<{ readonly row: number; readonly from: number; readonly to: number }> {
    for (const { row, from, to, width } of this.units)
      for (let bit = 0; bit < width; bit++) yield { row, from: from + bit, to: to + bit };
  }

  /** Add the bits of a woven block at `out[woven]`, which is zero, from the blocks of rows of `rowBytes` of which the first is at `singles[single]`. */
  weave(singles: Uint8Array, single: number, rowBytes: number, out: Uint8Array, woven: number): void {
    for (const { row, from, to, width, recoding } of this.units) {
      const value = bitsAt(singles, single + row * rowBytes, from, width);
      addBits(out, woven, to, recoding === undefined ? value : recoding.apply(value));
    }
  }

  /** The opposite of {@link weave}. */
  unweave(wovens: Uint8Array, woven: number, out: Uint8Array, single: number, rowBytes: number): void {
    for (const { row, from, to, width, recoding } of this.units) {
      const value = bitsAt(wovens, woven, to, width);
      addBits(out, single + row * rowBytes, from, recoding === undefined ? value : recoding.undo(value));
    }
  }
}

/** `width` bits from bit `bit` behind byte `start` on; they lie within two bytes. */
function bitsAt(bytes: Uint8Array, start: number, bit: number, width: number): number {
  const at = start + (bit >> 3);
  return ((u8At(bytes, at) | (u8At(bytes, at + 1) << BYTE)) >> (bit & 7)) & ((1 << width) - 1);
}

function addBits(out: Uint8Array, start: number, bit: number, value: number): void {
  const at = start + (bit >> 3);
  const shifted = value << (bit & 7);
  out[at] = u8At(out, at) | shifted;
  if (shifted >= 1 << BYTE) out[at + 1] = u8At(out, at + 1) | (shifted >> BYTE);
}

function unitsOf(move: Move, rows: number, single: readonly Field[], woven: readonly Field[]): Unit[] {
  const [text, recoding] = typeof move === 'string' ? [move, undefined] : move;
  const [fromText = '', toText = ''] = text.split(' -> ');
  const sizes = new Map([[ROW_AXIS, rows]]);
  const from = parseSide(fromText, sizes, single);
  const to = parseSide(toText, sizes, woven);
  const width = unitWidth(from.axes.at(-1), to.axes.at(-1));
  const places = placesOf([...from.axes, { name: ROW_AXIS, size: rows, stride: 0 }], width);
  return places.map((place) => ({
    row: place.get(ROW_AXIS) ?? 0,
    from: addressOf(from, place),
    to: addressOf(to, place),
    width,
    recoding,
  }));
}

/** What stands side by side before and after is moved at once, or byte by byte; other bits one by one. */
function unitWidth(from: Axis | undefined, to: Axis | undefined): number {
  if (from === undefined || from.name !== to?.name || from.stride * to.stride !== 1) return 1;
  return from.size % BYTE === 0 ? BYTE : from.size;
}

/** Every combination of places on the axes, the last but one in steps of a unit. */
function placesOf(axes: readonly Axis[], width: number): ReadonlyMap<string, number>[] {
  const last = axes.at(-2);
  let places: ReadonlyMap<string, number>[] = [new Map()];
  for (const axis of axes) {
    const step = axis === last ? width : 1;
    const along = Array.from({ length: axis.size / step }, (_, index) => index * step);
    places = places.flatMap((place) => along.map((index) => new Map([...place, [axis.name, index]])));
  }
  return places;
}

function addressOf({ offset, axes }: Side, place: ReadonlyMap<string, number>): number {
  return axes.reduce((sum, { name, stride }) => sum + (place.get(name) ?? 0) * stride, offset);
}

/** `qs: @4 l4 i4*16 b8`: the sizes of the first side, which it notes in `sizes`, are those of the second. */
function parseSide(text: string, sizes: Map<string, number>, fields: readonly Field[]): Side {
  const [fieldName = '', axesText = ''] = text.split(': ');
  const field = fields.find(({ name }) => name === fieldName);
  if (field === undefined) throw new Error(`There is no field ${fieldName} for ${text}`);
  let offset = BYTE * field.offsetBytes;
  const axes: Axis[] = [];
  for (const word of axesText.split(' ').reverse()) {
    if (word.startsWith('@')) {
      offset += Number(word.slice(1));
      continue;
    }
    const [, name = '', size = '', stride] = /^([a-z])(\d*)(?:\*(\d+))?$/.exec(word) ?? [];
    if (size !== '') sizes.set(name, Number(size));
    const inner = axes[0];
    const packed = inner === undefined ? 1 : inner.stride * inner.size;
    axes.unshift({
      name,
      size: sizes.get(name) ?? NaN,
      stride: stride === undefined ? packed : Number(stride),
    });
  }
  return { field: fieldName, offset, axes };
}
