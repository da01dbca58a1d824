import type { GgufTensor } from '@halftone/gguf-io';
import type { EncodeRefusal } from './encode-task';
import { QuantizeError } from './error';
import { MAX_ROW_WEIGHTS, type RowWindow } from './row-window';

/** The error for rows that could not be encoded, by the names and numbers of the file. */
export function refusalError(refusal: EncodeRefusal, window: RowWindow, file: string): QuantizeError {
  const { tensor, planned, firstRow, firstColumn } = window;
  const row = firstRow + refusal.row;
  const facts = { file, tensor: tensor.name };
  if (refusal.kind === 'encoding-failed') {
    return new QuantizeError(refusal.kind, `row ${row} does not decode to finite weights`, {
      ...facts,
      found: planned.format,
      advice: 'This is a defect of Halftone: please report it with the command that you ran.',
    });
  }
  const column = firstColumn + refusal.column;
  if (refusal.kind === 'not-finite') return notFiniteError(tensor, row, column, refusal.value, file);
  const place = weightPlace(tensor, row, column);
  return new QuantizeError(refusal.kind, `${place} lies beyond the range of ${planned.format}`, {
    ...facts,
    found: refusal.value,
    allowed: `what ${planned.format} can hold`,
    advice: 'Choose a type of wider range for this tensor, such as bf16.',
  });
}

/** The error for a weight of a file that is NaN or infinite. */
export function notFiniteError(
  tensor: GgufTensor,
  row: number,
  column: number,
  value: number,
  file: string,
): QuantizeError {
  return new QuantizeError('not-finite', `${weightPlace(tensor, row, column)} is not finite`, {
    file,
    tensor: tensor.name,
    found: value,
    allowed: 'finite weights',
    advice: 'The model is damaged: convert or download it again.',
  });
}

function weightPlace({ dimensions }: GgufTensor, row: number, column: number): string {
  return `weight ${row * (dimensions[0] ?? 1) + column} (row ${row}, column ${column})`;
}

/** The error for a row that is longer than {@link MAX_ROW_WEIGHTS}. */
export function rowTooLongError(tensor: string, columns: number, file: string): QuantizeError {
  return new QuantizeError('row-too-long', 'a row is held in memory as a whole, and this one is too long', {
    file,
    tensor,
    found: `${columns} weights`,
    allowed: `at most ${MAX_ROW_WEIGHTS}`,
    advice: 'No known model has such rows: is the file damaged?',
  });
}
