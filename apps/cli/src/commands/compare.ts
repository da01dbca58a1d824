import type { GgufFile } from '@halftone/gguf-io';
import { openGgufFile } from '@halftone/gguf-io/node';
import { readImportanceMatrix } from '@halftone/imatrix';
import { compareWeights, type Comparison } from '@halftone/quantize';
import type { CompareRequest } from '../compare-command';
import { readInputFile } from '../input-file';
import { comparisonJson, formatComparison } from '../print/comparison';
import { CountProgress } from '../print/count-progress';
import { importanceNotes } from '../print/notes';
import type { Output } from '../print/output';

/** `halftone compare`: how far the weights of two files lie apart. */
export async function compare(request: CompareRequest, output: Output, signal: AbortSignal): Promise<void> {
  const file = await openGgufFile(request.file);
  try {
    const other = await openGgufFile(request.other);
    try {
      print(await compareFiles(file, other, request, output, signal), request, output);
    } finally {
      await other.close();
    }
  } finally {
    await file.close();
  }
}

async function compareFiles(
  file: GgufFile,
  other: GgufFile,
  { imatrix }: CompareRequest,
  output: Output,
  signal: AbortSignal,
): Promise<Comparison> {
  const importanceMatrix =
    imatrix && (await readImportanceMatrix(await readInputFile(imatrix, 'the importance matrix'), imatrix));
  const progress = new CountProgress(output, { name: 'tensor', count: file.tensors.length });
  const onTensor = (done: number): void => {
    progress.update(done, () => '');
  };
  const comparison = await compareWeights(file, other, {
    ...(importanceMatrix && { importanceMatrix }),
    signal,
    onTensor,
  });
  progress.end();
  return comparison;
}

function print(comparison: Comparison, request: CompareRequest, output: Output): void {
  const notes = comparison.importance === undefined ? [] : importanceNotes(comparison.importance, 'compared');
  if (request.json) {
    const document = { a: request.file, b: request.other, notes, ...comparisonJson(comparison) };
    output.line(JSON.stringify(document, undefined, 2));
    return;
  }
  for (const note of notes) output.note(`note: ${note}`);
  for (const line of formatComparison(comparison, request.tensors)) output.line(line);
}
