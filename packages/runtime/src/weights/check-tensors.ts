import type { GgufFile, GgufTensor } from '@halftone/gguf-io';
import { bytesPerRow, formats, rowCount, rowsTogether } from '@halftone/quant-formats';
import type { Backend } from '@halftone/tensor-kernels';
import { notFinite } from './load-weights';

/** Weights that are decoded at a time; one row if that is longer. */
const WINDOW_WEIGHTS = 1 << 18;

/** The largest magnitude of a finite float of 32 bits. */
const GREATEST_FLOAT = 3.4028234663852886e38;

/** How far a check has come. */
export interface TensorCheckProgress {
  readonly tensor: string;
  readonly tensorsDone: number;
  readonly tensors: number;
}

/**
 * Decode every tensor of a file, to see that its weights are finite. It reads the whole file; loading alone looks at small tensors
 * only.
 *
 * @throws RuntimeError `not-finite` for the first weight that is NaN or infinite; the signal's reason when it is aborted.
 */
export async function checkTensors(
  file: GgufFile,
  backend: Backend,
  options: {
    readonly signal?: AbortSignal;
    readonly onProgress?: (progress: TensorCheckProgress) => void;
  } = {},
): Promise<void> {
  for (const [index, tensor] of file.tensors.entries()) {
    options.onProgress?.({ tensor: tensor.name, tensorsDone: index, tensors: file.tensors.length });
    await checkTensor(file, backend, tensor, options.signal);
  }
}

async function checkTensor(
  file: GgufFile,
  backend: Backend,
  tensor: GgufTensor,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [columns = 1] = tensor.dimensions;
  const rowBytes = bytesPerRow(formats[tensor.format], columns);
  const rows = rowCount(tensor.dimensions);
  const together = rowsTogether(formats[tensor.format]);
  const windowRows = together * Math.max(1, Math.floor(WINDOW_WEIGHTS / columns / together));
  for (let row = 0; row < rows; row += windowRows) {
    signal?.throwIfAborted();
    const count = Math.min(windowRows, rows - row);
    const bytes = new Uint8Array(count * rowBytes);
    const weights = new Float32Array(count * columns);
    await file.readTensorRange(tensor, row * rowBytes, bytes);
    backend.decodeRows(tensor.format, bytes, columns, weights);
    const place = backend.firstBeyond(weights, GREATEST_FLOAT);
    if (place !== undefined)
      throw notFinite(file, tensor, row * columns + place, weights[place] ?? Number.NaN);
  }
}
