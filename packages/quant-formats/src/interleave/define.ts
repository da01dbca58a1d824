import { bytesPerRow, defineFormat, type EncodableFormat, type FormatDefinition } from '../format';
import { BlockInterleaver, type Move } from './moves';

/** What the file of an interleaved format says of it. Lengths, family and the rest are those of its single rows. */
export interface InterleavedDefinition<Name extends string> {
  /** ggml's name of the type. */
  readonly name: Name;
  readonly id: number;
  /** How many rows are interleaved. */
  readonly rows: number;
  /** How each row would be stored by itself. */
  readonly single: EncodableFormat;
  /** The type for rows that are left over: mostly `single`. */
  readonly parent?: string;
  /** Whether llama-quantize repacks `single` to it. */
  readonly isRepackTarget: boolean;
  /** Weights of each row in an interleaved block; a multiple of the block of a single row, and mostly the same. */
  readonly blockLength?: number;
  /** The fields of the prefixes of all rows, which stand before the blocks, and of an interleaved block. */
  readonly layout: FormatDefinition['layout'];
  readonly prefixMoves?: readonly Move[];
  readonly moves: readonly Move[];
  /** Sets what a single row has and the interleaved ones do not, because it follows from the rest. */
  readonly complete?: (single: Uint8Array) => void;
}

/**
 * Declare a format in which the rows of several are interleaved. It is decoded and encoded by its single rows: its `decodeRow` and
 * `encodeRow` take `rows` of them at a time.
 */
export function defineInterleaved<const Name extends string>(
  definition: InterleavedDefinition<Name>,
): EncodableFormat<Name> {
  const { name, id, rows, single, layout, isRepackTarget, blockLength = single.blockLength } = definition;
  const interleaver = new RowInterleaver(definition, blockLength);
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
      interleave: (bytes, columns, out) => {
        interleaver.interleave(bytes, columns, out);
      },
      deinterleave: (bytes, columns, out) => {
        interleaver.deinterleave(bytes, columns, out);
      },
    },
    decodeRow(bytes, out) {
      const columns = out.length / rows;
      const rowBytes = bytesPerRow(single, columns);
      const singles = new Uint8Array(rows * rowBytes);
      interleaver.deinterleave(bytes, columns, singles);
      for (let row = 0; row < rows; row++) {
        const first = row * columns;
        single.decodeRow(
          singles.subarray(row * rowBytes, (row + 1) * rowBytes),
          out.subarray(first, first + columns),
        );
      }
    },
    encodeRow(weights: Float32Array, importance: Float32Array | undefined, out: Uint8Array) {
      const columns = weights.length / rows;
      const rowBytes = bytesPerRow(single, columns);
      const singles = new Uint8Array(rows * rowBytes);
      for (let row = 0; row < rows; row++) {
        const first = row * columns;
        single.encodeRow(
          weights.subarray(first, first + columns),
          importance,
          singles.subarray(row * rowBytes, (row + 1) * rowBytes),
        );
      }
      interleaver.interleave(singles, columns, out);
    },
  });
}

function lengthOf(fields: FormatDefinition['layout']['block']): number {
  return fields.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
}

/** Interleaves the prefixes and the blocks of rows, and takes them apart. */
class RowInterleaver {
  private readonly definition: InterleavedDefinition<string>;
  private readonly blockLength: number;
  private readonly interleavedPrefixBytes: number;
  private readonly interleavedBlockBytes: number;
  /** Of a single row, what an interleaved block holds. */
  private readonly singleBlockBytes: number;
  /** Made at first use: most programs need few formats. */
  private blockInterleavers:
    { readonly prefix: BlockInterleaver; readonly block: BlockInterleaver } | undefined;

  constructor(definition: InterleavedDefinition<string>, blockLength: number) {
    const { single, layout } = definition;
    this.definition = definition;
    this.blockLength = blockLength;
    this.interleavedPrefixBytes = lengthOf(layout.rowPrefix);
    this.interleavedBlockBytes = lengthOf(layout.block);
    this.singleBlockBytes = (blockLength / single.blockLength) * single.bytesPerBlock;
  }

  interleave(singles: Uint8Array, columns: number, out: Uint8Array): void {
    const { prefix, block } = this.open();
    const { rowPrefixBytes } = this.definition.single;
    const rowBytes = bytesPerRow(this.definition.single, columns);
    out.fill(0);
    prefix.interleave(singles, 0, rowBytes, out, 0);
    for (let i = 0; i < columns / this.blockLength; i++) {
      const at = this.interleavedPrefixBytes + i * this.interleavedBlockBytes;
      block.interleave(singles, rowPrefixBytes + i * this.singleBlockBytes, rowBytes, out, at);
    }
  }

  deinterleave(interleavedRows: Uint8Array, columns: number, out: Uint8Array): void {
    const { prefix, block } = this.open();
    const { single, rows, complete } = this.definition;
    const rowBytes = bytesPerRow(single, columns);
    out.fill(0);
    prefix.deinterleave(interleavedRows, 0, out, 0, rowBytes);
    for (let i = 0; i < columns / this.blockLength; i++) {
      const at = this.interleavedPrefixBytes + i * this.interleavedBlockBytes;
      block.deinterleave(
        interleavedRows,
        at,
        out,
        single.rowPrefixBytes + i * this.singleBlockBytes,
        rowBytes,
      );
    }
    if (complete === undefined) return;
    for (let row = 0; row < rows; row++) complete(out.subarray(row * rowBytes, (row + 1) * rowBytes));
  }

  private open(): { readonly prefix: BlockInterleaver; readonly block: BlockInterleaver } {
    const { prefixMoves = [], moves, rows, single, layout } = this.definition;
    this.blockInterleavers ??= {
      prefix: new BlockInterleaver(prefixMoves, rows, single.layout.rowPrefix, layout.rowPrefix),
      block: new BlockInterleaver(moves, rows, single.layout.block, layout.block),
    };
    return this.blockInterleavers;
  }
}
