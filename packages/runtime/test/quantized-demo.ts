import { demoModel } from '@halftone/demo-model';
import { GgufWriter, MemorySink, MemorySource, openGguf, type GgufFile } from '@halftone/gguf-io';
import { openGgufFile } from '@halftone/gguf-io/node';
import { bytesPerRow, decodeRows, formats, type FormatName } from '@halftone/quant-formats';
import { openBackend } from '@halftone/tensor-kernels/node';
import { fileURLToPath } from 'node:url';

/** What each matrix of the demo model becomes: the types of its recipe for the parts that are told here, else as it is. */
function formatOf(name: string): FormatName | undefined {
  if (/attn_(q|k|v|output)/.test(name)) return 'iq6_k';
  if (/ffn_(gate|up|down)/.test(name)) return 'iq4_ks';
  return name.startsWith('token_embd') ? 'q8_0' : undefined;
}

/** The demo model, quantized without importance, in memory. */
export async function quantizedDemo(): Promise<GgufFile> {
  const file = await openGgufFile(fileURLToPath(demoModel.model));
  const backend = await openBackend();
  const tensors = file.tensors.map((tensor) => ({
    tensor,
    to: tensor.name.includes('norm') ? undefined : formatOf(tensor.name),
  }));
  const shapes = tensors.map(({ tensor: { name, dimensions, format }, to = format }) => ({
    ...{ name, dimensions },
    format: to,
  }));
  const sink = new MemorySink('quantized.gguf');
  const writer = await GgufWriter.open(sink, { version: 3, metadata: file.metadata, tensors: shapes });
  for (const { tensor, to } of tensors) {
    const bytes = await file.readTensorBytes(tensor);
    const [columns = 0, rows = 1] = tensor.dimensions;
    if (to === undefined) {
      await writer.write(bytes);
      continue;
    }
    const weights = new Float32Array(rows * columns);
    decodeRows(formats[tensor.format], bytes, columns, weights);
    const encoded = new Uint8Array(rows * bytesPerRow(formats[to], columns));
    backend.encodeRows(to, weights, columns, undefined, encoded);
    await writer.write(encoded);
  }
  await writer.finish();
  await file.close();
  return openGguf(new MemorySource(sink.bytes ?? new Uint8Array(), 'quantized.gguf'));
}
