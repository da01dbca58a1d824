import type { ByteSink } from '@halftone/gguf-io';
import { checkEntryCount } from './check-entry';
import type { ImportanceMatrix } from './types';
import { writeDat } from './write-dat';
import { writeGguf } from './write-gguf';

/** The forms of a file: the legacy one of ik_llama.cpp, and the GGUF form of llama.cpp. */
export type ImatrixForm = 'dat' | 'gguf';

const WRITERS: Record<ImatrixForm, (matrix: ImportanceMatrix, sink: ByteSink) => Promise<void>> = {
  dat: writeDat,
  gguf: writeGguf,
};

/**
 * Write an importance matrix to `sink`, and finish it. Entries are written in the order of the matrix, so that what was
 * read is written to the same bytes again. A failure aborts the sink: nothing is left behind.
 *
 * The GGUF form keeps all that was learned. The legacy form does not tell how often each expert was hit, and holds a
 * guess for those that never were: see `meanSquares`.
 *
 * @throws ImatrixError `empty`, `too-many-entries`, `bad-name`, `bad-count` or `bad-value` for what the form cannot hold;
 * GgufError from the sink and from the header of the GGUF form.
 */
export async function writeImportanceMatrix(
  matrix: ImportanceMatrix,
  form: ImatrixForm,
  sink: ByteSink,
): Promise<void> {
  try {
    checkEntryCount(matrix);
    await WRITERS[form](matrix, sink);
  } catch (error) {
    await sink.abort();
    throw error;
  }
}
