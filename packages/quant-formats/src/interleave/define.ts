import { bytesPerRow, defineFormat, type FormatDefinition } from '../format';
import { Weaver, type Move } from './moves';

/** What the file of a woven format says of it. Lengths, family and the rest are those of its single rows. */
export interface WovenDefinition<Name extends string> {
  /** ggml's name of the type. */
  readonly name: Name;
  readonly id: number;
  /** How many rows are woven into one another. */
  readonly rows: number;
  /** How each row would be stored by itself. */
  readonly single: FormatDefinition;
  /** The type for rows that are left over: mostly `single`. */
  readonly parent?: string;
  /** Whether llama-quantize repacks `single` to it. */
  readonly isRepackTarget: boolean;
  /** Weights of each row in a woven block; a multiple of the block of a single row, and mostly the same. */
  readonly blockLength?: number;
  /** The fields of the prefixes of all rows, which stand before the blocks, and of a woven block. */
  readonly layout: FormatDefinition['layout'];
  readonly prefixMoves?: readonly Move[];
  readonly moves: readonly Move[];
  /** Sets what a single row has and the woven ones do not, because it follows from the rest. */
  readonly complete?: (single: Uint8Array) => void;
}

/**
 * Declare a format in which the rows of several are woven into one another. It is decoded and encoded by its single rows: its `decodeRow` and
 * `encodeRow` take `rows` of them at a time.
 */
export function defineWoven<const Name extends string>(
  definition: WovenDefinition<Name>,
): FormatDefinition<Name> {
  const { name, id, rows, single, layout, isRepackTarget, blockLength = single.blockLength } = definition;
  const weaving = new Weaving(definition, blockLength);
  const { encodeRow } = single;
  return defineFormat({
    name,
    id,
    family: single.family,
    blockLength,
    bytesPerBlock: lengthOf(layout.block) / rows,
    rowPrefixBytes: lengthOf(layout.rowPrefix) / rows,
    largestWeight: single.largestWeight,
    importance: single.importance,
    layout,
    search: undefined,
    interleaved: {
      rows,
      single,
      parent: definition.parent ?? single.name,
      isRepackTarget,
      weave: (bytes, columns, out) => {
        weaving.weave(bytes, columns, out);
      },
      unweave: (bytes, columns, out) => {
        weaving.unweave(bytes, columns, out);
      },
    },
    decodeRow(bytes, out) {
      const columns = out.length / rows;
      const rowBytes = bytesPerRow(single, columns);
      const singles = new Uint8Array(rows * rowBytes);
      weaving.unweave(bytes, columns, singles);
      for (let row = 0; row < rows; row++) {
        const first = row * columns;
        single.decodeRow(
          singles.subarray(row * rowBytes, (row + 1) * rowBytes),
          out.subarray(first, first + columns),
        );
      }
    },
    encodeRow:
      encodeRow &&
      ((weights, importance, out) => {
        const columns = weights.length / rows;
        const rowBytes = bytesPerRow(single, columns);
        const singles = new Uint8Array(rows * rowBytes);
        for (let row = 0; row < rows; row++) {
          const first = row * columns;
          encodeRow(
            weights.subarray(first, first + columns),
            importance,
            singles.subarray(row * rowBytes, (row + 1) * rowBytes),
          );
        }
        weaving.weave(singles, columns, out);
      }),
  });
}

function lengthOf(fields: FormatDefinition['layout']['block']): number {
  return fields.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
}

/** Weaves the prefixes and the blocks of rows, and takes them apart. */
class Weaving {
  private readonly definition: WovenDefinition<string>;
  private readonly blockLength: number;
  private readonly wovenPrefixBytes: number;
  private readonly wovenBlockBytes: number;
  /** Of a single row, what a woven block holds. */
  private readonly singleBlockBytes: number;
  /** Made at first use: most programs need few formats. */
  private weavers: { readonly prefix: Weaver; readonly block: Weaver } | undefined;

  constructor(definition: WovenDefinition<string>, blockLength: number) {
    const { single, layout } = definition;
    this.definition = definition;
    this.blockLength = blockLength;
    this.wovenPrefixBytes = lengthOf(layout.rowPrefix);
    this.wovenBlockBytes = lengthOf(layout.block);
    this.singleBlockBytes = (blockLength / single.blockLength) * single.bytesPerBlock;
  }

  weave(singles: Uint8Array, columns: number, out: Uint8Array): void {
    const { prefix, block } = this.open();
    const { rowPrefixBytes } = this.definition.single;
    const rowBytes = bytesPerRow(this.definition.single, columns);
    out.fill(0);
    prefix.weave(singles, 0, rowBytes, out, 0);
    for (let i = 0; i < columns / this.blockLength; i++) {
      const at = this.wovenPrefixBytes + i * this.wovenBlockBytes;
      block.weave(singles, rowPrefixBytes + i * this.singleBlockBytes, rowBytes, out, at);
    }
  }

  unweave(wovens: Uint8Array, columns: number, out: Uint8Array): void {
    const { prefix, block } = this.open();
    const { single, rows, complete } = this.definition;
    const rowBytes = bytesPerRow(single, columns);
    out.fill(0);
    prefix.unweave(wovens, 0, out, 0, rowBytes);
    for (let i = 0; i < columns / this.blockLength; i++) {
      const at = this.wovenPrefixBytes + i * this.wovenBlockBytes;
      block.unweave(wovens, at, out, single.rowPrefixBytes + i * this.singleBlockBytes, rowBytes);
    }
    if (complete === undefined) return;
    for (let row = 0; row < rows; row++) complete(out.subarray(row * rowBytes, (row + 1) * rowBytes));
  }

  private open(): { readonly prefix: Weaver; readonly block: Weaver } {
    const { prefixMoves = [], moves, rows, single, layout } = this.definition;
    this.weavers ??= {
      prefix: new Weaver(prefixMoves, rows, single.layout.rowPrefix, layout.rowPrefix),
      block: new Weaver(moves, rows, single.layout.block, layout.block),
    };
    return this.weavers;
  }
}
