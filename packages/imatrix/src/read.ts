import { readDat } from './read-dat';
import { readGguf } from './read-gguf';
import type { ImportanceMatrix } from './types';

/** The first four bytes of a GGUF file; read as the number of entries of a legacy file, far more than any file has. */
const GGUF_MAGIC = [0x47, 0x47, 0x55, 0x46] as const;

/**
 * Read an importance matrix in either form: the legacy one (`.dat`) of ik_llama.cpp and older llama.cpp, or the GGUF
 * form of llama.cpp. The first bytes tell which it is.
 *
 * @param bytes - the whole file
 * @param source - its path or name, for messages
 * @throws ImatrixError when the bytes are no importance matrix; GgufError when they are a damaged GGUF file.
 */
export async function readImportanceMatrix(bytes: Uint8Array, source: string): Promise<ImportanceMatrix> {
  const isGguf = GGUF_MAGIC.every((byte, index) => bytes[index] === byte);
  return isGguf ? readGguf(bytes, source) : readDat(bytes, source);
}
