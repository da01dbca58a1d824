import { u8At } from '../numeric/bytes';

/** Bits of the largest unit that is moved at once; wider ones go byte by byte. */
export const BYTE = 8;

/** What becomes of the values of the last axis of a move; `undo` takes each result back to its value. */
export interface Recoding {
  readonly apply: (value: number) => number;
  readonly undo: (value: number) => number;
}

/** One value of up to eight bits that moves: where it is in the single rows' blocks and in the interleaved block, counted in bits. */
export interface Unit {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly recoding: Recoding | undefined;
}

/** Where the units of a run are on one side: all at the same bit of some bytes. */
interface Places {
  readonly bit: number;
  readonly bytes: Int32Array;
}

/** Units of one row that are alike but for the bytes they are in, so that one loop without choices moves them. */
export interface BitRun {
  readonly row: number;
  readonly width: number;
  readonly recoding: Recoding | undefined;
  readonly from: Places;
  readonly to: Places;
}

/** The units as runs. */
export function runsOf(units: readonly Unit[]): BitRun[] {
  const recodings = [...new Set(units.map(({ recoding }) => recoding))];
  const runs = new Map<string, Unit[]>();
  for (const unit of units) {
    const { row, width, recoding, from, to } = unit;
    const key = [row, width, bitOf(from), bitOf(to), recodings.indexOf(recoding)].join();
    const run = runs.get(key);
    if (run === undefined) runs.set(key, [unit]);
    else run.push(unit);
  }
  return [...runs.values()].flatMap((run) => {
    const [first] = run;
    if (first === undefined) return [];
    const places = (side: 'from' | 'to'): Places => ({
      bit: bitOf(first[side]),
      bytes: Int32Array.from(run, (unit) => unit[side] >> 3),
    });
    const { row, width, recoding } = first;
    return [{ row, width, recoding, from: places('from'), to: places('to') }];
  });
}

function bitOf(place: number): number {
  return place & (BYTE - 1);
}

/** Bytes, and where in them the places of a run are counted from. */
export interface RunPlace {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly places: Places;
}

/** Add the units of a run of `width` bits, which are at `source`, to what is at `target`, which is zero. */
export function moveRun(
  width: number,
  source: RunPlace,
  target: RunPlace,
  recode: ((value: number) => number) | undefined,
): void {
  if (recode !== undefined || Math.max(source.places.bit, target.places.bit) + width > BYTE)
    moveAcrossBytes(width, source, target, recode);
  else if (width === BYTE) copyBytes(source, target);
  else moveWithinBytes(width, source, target);
}

function copyBytes(source: RunPlace, target: RunPlace): void {
  const { bytes, start, places } = source;
  const { bytes: out, start: outStart } = target;
  const [from, to] = [places.bytes, target.places.bytes];
  for (let i = 0; i < from.length; i++) out[outStart + i32At(to, i)] = u8At(bytes, start + i32At(from, i));
}

function moveWithinBytes(width: number, source: RunPlace, target: RunPlace): void {
  const { bytes, start, places } = source;
  const { bytes: out, start: outStart } = target;
  const [from, to] = [places.bytes, target.places.bytes];
  const [readShift, addShift] = [places.bit, target.places.bit];
  const mask = (1 << width) - 1;
  for (let i = 0; i < from.length; i++) {
    const value = (u8At(bytes, start + i32At(from, i)) >> readShift) & mask;
    const at = outStart + i32At(to, i);
    out[at] = u8At(out, at) | (value << addShift);
  }
}

function moveAcrossBytes(
  width: number,
  { bytes, start, places }: RunPlace,
  target: RunPlace,
  recode: ((value: number) => number) | undefined,
): void {
  const out = target.bytes;
  const mask = (1 << width) - 1;
  for (let i = 0; i < places.bytes.length; i++) {
    const source = start + i32At(places.bytes, i);
    const pair = u8At(bytes, source) | (u8At(bytes, source + 1) << BYTE);
    const value = (pair >> places.bit) & mask;
    const moved = (recode === undefined ? value : recode(value)) << target.places.bit;
    const at = target.start + i32At(target.places.bytes, i);
    out[at] = u8At(out, at) | moved;
    if (moved >= 1 << BYTE) out[at + 1] = u8At(out, at + 1) | (moved >> BYTE);
  }
}

function i32At(numbers: Int32Array, index: number): number {
  return numbers[index] ?? 0;
}
