import type { EncodeRefusal } from './encode-task';
import { QuantizeError } from './error';
import type { RowWindow } from './row-window';

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
  const weight = row * (tensor.dimensions[0] ?? 1) + column;
  const place = `weight ${weight} (row ${row}, column ${column})`;
  if (refusal.kind === 'not-finite') {
    return new QuantizeError(refusal.kind, `${place} is not finite`, {
      ...facts,
      found: refusal.value,
      allowed: 'finite weights',
      advice: 'The source model is damaged: convert or download it again.',
    });
  }
  return new QuantizeError(refusal.kind, `${place} lies beyond the range of ${planned.format}`, {
    ...facts,
    found: refusal.value,
    allowed: `what ${planned.format} can hold`,
    advice: 'Choose a type of wider range for this tensor, such as bf16.',
  });
}
