import {
  activationTypeById,
  bytesInFile,
  formatById,
  formatNames,
  formats,
  rowCount,
  rowsTogether,
  type FormatName,
} from '@halftone/quant-formats';
import type { ErrorFacts } from '@halftone/errors';
import { alignUp } from '../align-up';
import { GgufError } from '../error';
import type { GgufTensor, GgufTensorShape } from '../types';
import { DAMAGED, NAMES_ARE_UNIQUE } from './advice';
import type { Cursor } from './cursor';
import { MAX_DIMENSIONS, MAX_TENSOR_NAME_BYTES } from './limits';

/** Bytes of the shortest row of the tensor table: an empty name and one dimension. */
export const MIN_TENSOR_ENTRY_BYTES = 8 + 4 + 8 + 4 + 8;

/** A row of the tensor table as it is stored. */
export interface PlacedShape extends GgufTensorShape {
  /** First byte of the data, counted from the first byte of all tensor data. */
  readonly offsetInData: number;
}

interface TableRow extends PlacedShape {
  readonly byteLength: number;
}

/** Read the rows of the tensor table. */
export function readTensorTable(cursor: Cursor, count: number): TableRow[] {
  const names = new Set<string>();
  return Array.from({ length: count }, () => {
    const start = cursor.position;
    const row = readRow(cursor);
    if (names.has(row.name)) {
      throw cursor.error('duplicate-tensor', 'the tensor table has two tensors of this name', {
        tensor: row.name,
        offset: start,
        advice: NAMES_ARE_UNIQUE,
      });
    }
    names.add(row.name);
    return row;
  });
}

function readRow(cursor: Cursor): TableRow {
  const offset = cursor.position;
  const name = cursor.text('the name of a tensor', MAX_TENSOR_NAME_BYTES);
  const dimensions = readDimensions(cursor, name);
  const format = readFormat(cursor, name);
  const byteLength = tensorBytes({ name, dimensions, format }, { file: cursor.file, offset });
  return { name, dimensions, format, byteLength, offsetInData: cursor.uint64('the offset of a tensor') };
}

/**
 * Exact bytes of a tensor's data in a file: rows times bytes per row, row prefixes included; see `bytesInFile` of quant-formats.
 *
 * @throws GgufError `invalid-dimensions` where its rows are no whole blocks, or its bytes cannot be counted.
 */
export function tensorBytes({ name, dimensions, format }: GgufTensorShape, where: ErrorFacts): number {
  const [columns = 0, rowsPerExpert = 1] = dimensions;
  const bytes = bytesInFile(formats[format], columns, rowCount(dimensions));
  const isCountable =
    dimensions.every((length) => length >= 1 && Number.isSafeInteger(length)) &&
    Number.isSafeInteger(bytes) &&
    bytes > 0;
  const { blockLength } = formats[format];
  const together = rowsTogether(formats[format]);
  if (isCountable && columns % blockLength === 0 && rowsPerExpert % together === 0) return bytes;
  throw new GgufError('invalid-dimensions', `a tensor of type ${format} cannot have these dimensions`, {
    ...where,
    tensor: name,
    found: dimensions.join(' × '),
    allowed: `1 or more weights in each, rows of a multiple of ${blockLength} weights${together === 1 ? '' : `, a multiple of ${together} rows`}, and less than 2^53 bytes in all`,
    advice: 'Give the tensor other dimensions or another type, or convert the model again.',
  });
}

function readDimensions(cursor: Cursor, tensor: string): number[] {
  const offset = cursor.position;
  const count = cursor.uint32('the number of dimensions');
  if (count < 1 || count > MAX_DIMENSIONS) {
    throw cursor.error('invalid-dimensions', 'the tensor has a wrong number of dimensions', {
      tensor,
      offset,
      found: count,
      allowed: `1 to ${MAX_DIMENSIONS}`,
      advice: 'Give the tensor other dimensions, or convert the model again.',
    });
  }
  return Array.from({ length: count }, () => cursor.uint64('a dimension'));
}

function readFormat(cursor: Cursor, tensor: string): FormatName {
  const offset = cursor.position;
  const id = cursor.uint32('the type of a tensor');
  const format = formatById(id);
  if (format !== undefined) return format.name;
  const ofActivations = activationTypeById(id);
  if (ofActivations !== undefined) {
    throw cursor.error('activation-type', 'the tensor has a type that is for activations only', {
      tensor,
      offset,
      found: `${ofActivations.name} (type id ${id})`,
      allowed: formatNames.join(', '),
      advice: 'What such a type holds is made anew while a model runs: make the file again.',
    });
  }
  throw cursor.error('unknown-format', 'the tensor has an unknown type', {
    tensor,
    offset,
    found: `type id ${id}`,
    allowed: formatNames.join(', '),
    advice: 'A newer release may know it.',
  });
}

/** What placing tensors needs to know of their file. */
interface DataPlace {
  readonly name: string;
  readonly alignment: number;
  readonly dataOffset: number;
}

/**
 * Place the rows of the tensor table in the file, and check that each tensor stands where it must: at a multiple of the alignment,
 * and right behind another or at the beginning, in any order.
 */
export function placeTensors(rows: readonly TableRow[], file: DataPlace): GgufTensor[] {
  const tensors = rows.map(({ offsetInData, ...row }) => ({
    ...row,
    byteOffset: file.dataOffset + offsetInData,
  }));
  for (const tensor of tensors) checkPlace(tensor, file);
  const inOrder = tensors.toSorted((a, b) => a.byteOffset - b.byteOffset);
  inOrder.forEach((tensor, index) => checkFollows(tensor, inOrder[index - 1], file));
  return tensors;
}

/** Bytes that no tensor has are those of a tensor that the table has lost, so that another model would be run: no padding is so long. */
function checkFollows(tensor: GgufTensor, before: GgufTensor | undefined, file: DataPlace): void {
  const expected = before === undefined ? file.dataOffset : endWithPadding(before, file.alignment);
  if (tensor.byteOffset === expected) return;
  const [code, what] =
    before !== undefined && tensor.byteOffset < expected
      ? (['overlapping-tensors', `the tensor starts within ${JSON.stringify(before.name)}`] as const)
      : ([
          'unused-data',
          `${tensor.byteOffset - expected} bytes before the tensor belong to no tensor`,
        ] as const);
  throw new GgufError(code, what, {
    file: file.name,
    tensor: tensor.name,
    offset: tensor.byteOffset,
    found: `the offset ${tensor.byteOffset - file.dataOffset}`,
    allowed: `${expected - file.dataOffset}`,
    advice: before !== undefined && isOfTheFirstBonsai(before, tensor, file) ? TAKE_PQ2_0 : DAMAGED,
  });
}

/** The first files of Ternary Bonsai: what their tensors are said to be, and what they are. */
const FIRST_BONSAI = { said: formats.q2_0, stored: formats.pq2_0 };
const TAKE_PQ2_0 =
  'Its blocks are those of pq2_0 under the id of q2_0, as in the first files of Ternary Bonsai: take the file that has PQ2_0 or Q2_0_g64 in its name.';

/** Whether a tensor ends where what is stored in those files would. */
function isOfTheFirstBonsai(before: GgufTensor, after: GgufTensor, file: DataPlace): boolean {
  const { said, stored } = FIRST_BONSAI;
  const [columns = 0] = before.dimensions;
  if (formats[before.format] !== said || columns % stored.blockLength !== 0) return false;
  const byteLength = tensorBytes({ ...before, format: stored.name }, { file: file.name });
  return after.byteOffset === endWithPadding({ ...before, byteLength }, file.alignment);
}

/** Where the data of a tensor ends, its padding included. */
export function endWithPadding({ byteOffset, byteLength }: GgufTensor, alignment: number): number {
  return alignUp(byteOffset + byteLength, alignment);
}

function checkPlace(
  { name, byteOffset, byteLength }: GgufTensor,
  file: { name: string; alignment: number },
): void {
  if (byteOffset % file.alignment !== 0) {
    throw new GgufError('misaligned-tensor', 'the data of the tensor is not aligned', {
      file: file.name,
      tensor: name,
      found: byteOffset,
      allowed: `multiples of ${file.alignment}`,
      advice: DAMAGED,
    });
  }
  if (!Number.isSafeInteger(byteOffset + byteLength)) {
    throw new GgufError('over-limit', 'the data of the tensor ends where no file can', {
      file: file.name,
      tensor: name,
      found: byteOffset,
      allowed: 'an end below 2^53',
      advice: DAMAGED,
    });
  }
}
