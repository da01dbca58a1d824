/*
 * How the bits of several rows are interleaved, told as data. A move takes one field of the rows' blocks to one field of the interleaved block:
 *
 *     qs: l4 i4 b8 -> qs: l r i b
 *
 * The bits of the field are an array with axes: four runs `l` of four bytes `i` of eight bits `b`, outermost first. In the interleaved field the same axes stand in
 * another order, with `r` for the rows. An axis strides over what stands behind it, or over as many bits as `*` says; `@` says at which bit of the field the
 * first one is. Some of them pass through a bijection of the values of their last axis.
 */
import type { Field } from '../format';
import { BYTE, moveRun, runsOf, type BitRun, type Recoding, type Unit } from './bit-runs';

/** A move, or one with a recoding. */
export type Move = string | readonly [move: string, recoding: Recoding];

const ROW_AXIS = 'r';

interface Axis {
  readonly name: string;
  readonly size: number;
  readonly stride: number;
}

interface Side {
  readonly offset: number;
  readonly axes: readonly Axis[];
}

/** Moves bits between the blocks of `rows` single rows and one interleaved block. */
export class BlockInterleaver {
  private readonly units: readonly Unit[];
  private readonly runs: readonly BitRun[];

  /**
   * @param moves - that take every bit of the interleaved block from another bit
   * @param single - the fields of a block of a single row
   * @param interleaved - the fields of an interleaved block
   */
  constructor(moves: readonly Move[], rows: number, single: readonly Field[], interleaved: readonly Field[]) {
    this.units = moves.flatMap((move) => unitsOf(move, rows, single, interleaved));
    this.runs = runsOf(this.units);
  }

  /** The bits of the interleaved block, in some order, each with the row and the bit that it comes from. */
  *bits(): Generator<{ readonly row: number; readonly from: number; readonly to: number }> {
    for (const { row, from, to, width } of this.units)
      for (let bit = 0; bit < width; bit++) yield { row, from: from + bit, to: to + bit };
  }

  /** Add the bits of an interleaved block at `out[interleaved]`, which is zero, from the blocks of rows of `rowBytes` of which the first is at `singles[single]`. */
  interleave(
    singles: Uint8Array,
    single: number,
    rowBytes: number,
    out: Uint8Array,
    interleaved: number,
  ): void {
    for (const { row, width, from, to, recoding } of this.runs) {
      const source = { bytes: singles, start: single + row * rowBytes, places: from };
      moveRun(width, source, { bytes: out, start: interleaved, places: to }, recoding?.apply);
    }
  }

  /** The opposite of {@link interleave}. */
  deinterleave(
    interleavedRows: Uint8Array,
    interleaved: number,
    out: Uint8Array,
    single: number,
    rowBytes: number,
  ): void {
    for (const { row, width, from, to, recoding } of this.runs) {
      const target = { bytes: out, start: single + row * rowBytes, places: from };
      moveRun(width, { bytes: interleavedRows, start: interleaved, places: to }, target, recoding?.undo);
    }
  }
}

function unitsOf(move: Move, rows: number, single: readonly Field[], interleaved: readonly Field[]): Unit[] {
  const [text, recoding] = typeof move === 'string' ? [move, undefined] : move;
  const [fromText = '', toText = ''] = text.split(' -> ');
  const sizes = new Map([[ROW_AXIS, rows]]);
  const from = parseSide(fromText, sizes, single);
  const to = parseSide(toText, sizes, interleaved);
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
  return { offset, axes };
}
