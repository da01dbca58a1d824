import { existsSync, readFileSync } from 'node:fs';
import { bytesPerRow, type FormatDefinition } from '../src/format';
import { encodeRows } from '../src/rows';

/** Rows that go through an encoder, and what the peer made of them. `test/goldens/README.md` draws the files. */
export interface Golden {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** rows x columns */
  readonly weights: Float32Array;
  /** One per column, where the peer encoded with importance. */
  readonly importance: Float32Array | undefined;
  /** The peer's packed rows. */
  readonly bytes: Uint8Array;
  /** What the peer decodes them to: rows x columns. */
  readonly decoded: Float32Array;
}

/** Takes runs of bytes from a file, one after another. */
class Reader {
  private offset = 0;
  private readonly data: Uint8Array;

  constructor(file: string) {
    this.data = new Uint8Array(readFileSync(new URL(`goldens/${file}`, import.meta.url)));
  }

  bytes(length: number): Uint8Array {
    this.offset += length;
    if (this.offset > this.data.length) throw new Error('The golden file is too short');
    return this.data.slice(this.offset - length, this.offset);
  }

  floats(length: number): Float32Array {
    return new Float32Array(new Uint8Array(this.bytes(4 * length)).buffer);
  }

  end(): void {
    if (this.offset !== this.data.length) throw new Error('The golden file is too long');
  }
}

const shapes = {
  real: { rows: 2, columns: 1536 },
  gauss: { rows: 2, columns: 512 },
  edge: { rows: 8, columns: 512 },
};

function readInputs() {
  const reader = new Reader('inputs.bin');
  const [real, gauss, edge] = [shapes.real, shapes.gauss, shapes.edge].map((shape) => ({
    ...shape,
    weights: reader.floats(shape.rows * shape.columns),
  }));
  const importance = reader.floats(shapes.real.columns);
  reader.end();
  if (real === undefined || gauss === undefined || edge === undefined) throw new Error('No inputs');
  return [
    { ...real, name: 'real', importance: undefined },
    { ...real, name: 'real.imatrix', importance },
    { ...gauss, name: 'gauss', importance: undefined },
    { ...edge, name: 'edge', importance: undefined },
  ];
}

/** The rows that every encoder is tried on. */
export const goldenInputs = readInputs();

/** The peer's packing of those rows, or `undefined` where the format has no fixture. */
export function readGoldens(format: FormatDefinition): readonly Golden[] | undefined {
  const file = `${format.name}.bin`;
  if (!existsSync(new URL(`goldens/${file}`, import.meta.url))) return undefined;
  const reader = new Reader(file);
  // Without importance there is nothing of a format that requires it; and with which importance others were encoded is not told.
  const inputs = goldenInputs.filter(({ name }) => format.importance !== 'required' || name !== 'real');
  const goldens = inputs.map((input) => ({
    ...input,
    bytes: reader.bytes(input.rows * bytesPerRow(format, input.columns)),
    decoded: reader.floats(input.rows * input.columns),
  }));
  reader.end();
  return goldens;
}

/** Single rows that the peer interleaved: those of `edge`, as it packed them; of a float, 16 rows of 256. */
export function singleRows(format: FormatDefinition): {
  readonly bytes: Uint8Array;
  readonly columns: number;
} {
  const goldens = readGoldens(format);
  const edge = (goldens ?? goldenInputs).find(({ name }) => name === 'edge');
  if (edge === undefined) throw new Error(`No edge rows of ${format.name}`);
  if ('bytes' in edge) return edge;
  const columns = 256;
  const bytes = new Uint8Array(edge.weights.length * format.bytesPerBlock);
  encodeRows(format, edge.weights, columns, undefined, bytes);
  return { bytes, columns };
}

/** What the peer interleaved them to. */
export function readInterleavedRows(format: FormatDefinition, rows: number, columns: number): Uint8Array {
  const reader = new Reader(`${format.name}.bin`);
  const bytes = reader.bytes(rows * bytesPerRow(format, columns));
  reader.end();
  return bytes;
}

/** Where single rows are no type of the peer's: rows of `real` with its importance, and what it decodes them to. */
export function readInterleavedCoding(
  format: FormatDefinition,
  rows: number,
  columns: number,
): Pick<Golden, 'bytes' | 'decoded'> {
  const reader = new Reader(`${format.name}.bin`);
  const bytes = reader.bytes(rows * bytesPerRow(format, columns));
  const decoded = reader.floats(rows * columns);
  reader.end();
  return { bytes, decoded };
}
