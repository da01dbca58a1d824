import { extname } from 'node:path';
import { createFileSink } from '@halftone/gguf-io/node';
import {
  mergeImportance,
  readImportanceMatrix,
  withChunkSize,
  writeImportanceMatrix,
  type ImatrixForm,
  type ImportanceMatrix,
} from '@halftone/imatrix';
import type { ConvertRequest, MergeRequest } from '../imatrix-command';
import { readInputFile } from '../input-file';
import { importanceMatrixNotes, mergeNotes, writtenFormNotes } from '../print/notes';
import type { Output } from '../print/output';
import { UsageError } from '../quantize-words';
import { formatMatrix } from './imatrix-show';

/** What `merge` and `convert` share. */
type WriteRequest = Pick<MergeRequest, 'output' | 'outputFormat' | 'contextSize' | 'json'>;

/** `halftone imatrix merge`: several importance matrices into one. */
export async function mergeImatrix(request: MergeRequest, output: Output): Promise<void> {
  const form = chooseForm(request);
  const matrices: ImportanceMatrix[] = [];
  for (const input of request.inputs) matrices.push(await readMatrix(input, request, output));
  for (const note of mergeNotes(matrices)) output.note(`note: ${note}`);
  await writeMatrix(mergeImportance(matrices), form, request, output);
}

/** `halftone imatrix convert`: one importance matrix in another form. */
export async function convertImatrix(request: ConvertRequest, output: Output): Promise<void> {
  const form = chooseForm(request);
  await writeMatrix(await readMatrix(request.input, request, output), form, request, output);
}

/** The form that was asked for, or that the ending of the name says. */
export function chooseForm({
  output,
  outputFormat,
}: Pick<WriteRequest, 'output' | 'outputFormat'>): ImatrixForm {
  const ending = extname(output).slice(1).toLowerCase();
  const form = outputFormat ?? (ending === 'dat' || ending === 'gguf' ? ending : undefined);
  if (form !== undefined) return form;
  throw new UsageError('usage', 'the name of the output does not tell its form', {
    found: JSON.stringify(output),
    allowed: 'a name that ends in .dat or .gguf',
    advice: 'Or say it: --output-format dat, or --output-format gguf.',
  });
}

async function readMatrix(
  path: string,
  { contextSize }: WriteRequest,
  output: Output,
): Promise<ImportanceMatrix> {
  const bytes = await readInputFile(path, 'the importance matrix');
  const matrix = await readImportanceMatrix(bytes, path);
  for (const note of importanceMatrixNotes(matrix)) output.note(`note: ${note}`);
  if (contextSize === undefined) return matrix;
  if (matrix.chunkSize !== undefined && matrix.chunkSize !== contextSize) {
    output.note(
      `note: ${path} tells that its chunks have ${matrix.chunkSize} rows: --ctx-size is not used for it`,
    );
  }
  return withChunkSize(matrix, contextSize);
}

async function writeMatrix(
  matrix: ImportanceMatrix,
  form: ImatrixForm,
  request: WriteRequest,
  output: Output,
): Promise<void> {
  for (const note of writtenFormNotes(matrix, form)) output.note(`note: ${note}`);
  await writeImportanceMatrix(matrix, form, await createFileSink(request.output));
  const { entries, chunkCount, chunkSize, datasets } = matrix;
  const told = { output: request.output, form, entryCount: entries.size, chunkCount, chunkSize, datasets };
  output.line(
    request.json ? JSON.stringify(told, undefined, 2) : formatMatrix({ ...matrix, source: request.output }),
  );
}
