/**
 * Reads each GGUF file given and writes it again, and says whether the bytes are the same.
 *
 *     npx turbo run build --filter=@halftone/gguf-io && node packages/gguf-io/bench/round-trip.mjs FILE...
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeGgufHeader, GgufWriter } from '../dist/index.js';
import { createFileSink, openGgufFile } from '../dist/node.js';

/** Bytes of a tensor that are read and written at a time. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** Write the file at `from` again at `to`; a header alone is compared in memory, as the writer always writes data. @param {string} from @param {string} to */
async function sameBytes(from, to) {
  const file = await openGgufFile(from);
  try {
    if (!file.hasTensorData) return Buffer.compare(encodeGgufHeader(file), await readFile(from)) === 0;
    const writer = await GgufWriter.open(await createFileSink(to), file);
    for (const tensor of file.tensors) {
      for (let at = 0; at < tensor.byteLength; at += PIECE_BYTES) {
        const piece = new Uint8Array(Math.min(PIECE_BYTES, tensor.byteLength - at));
        await file.readTensorRange(tensor, at, piece);
        await writer.write(piece);
      }
    }
    await writer.finish();
    return Buffer.compare(await readFile(from), await readFile(to)) === 0;
  } finally {
    await file.close();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'halftone-round-trip-'));
try {
  for (const path of process.argv.slice(2)) {
    const start = performance.now();
    const isSame = await sameBytes(path, join(folder, 'copy.gguf'));
    process.stdout.write(
      `${isSame ? 'same bytes' : 'DIFFERENT '} ${(performance.now() - start).toFixed(0)} ms ${path}\n`,
    );
    if (!isSame) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
