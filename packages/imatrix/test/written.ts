import { MemorySink } from '@halftone/gguf-io';
import {
  readImportanceMatrix,
  writeImportanceMatrix,
  type ImatrixForm,
  type ImportanceMatrix,
} from '../src/index';

/** The bytes of a matrix in a form. */
export async function written(matrix: ImportanceMatrix, form: ImatrixForm): Promise<Uint8Array> {
  const sink = new MemorySink();
  await writeImportanceMatrix(matrix, form, sink);
  return sink.bytes ?? new Uint8Array(0);
}

/** A matrix written in a form and read again. */
export async function throughForm(matrix: ImportanceMatrix, form: ImatrixForm): Promise<ImportanceMatrix> {
  return readImportanceMatrix(await written(matrix, form), matrix.source);
}
