import { isGguf } from '@halftone/gguf-io';
import { readDat } from './read-dat';
import { readGguf } from './read-gguf';
import type { ImportanceMatrix } from './types';

/**
 * Read an importance matrix in either form: the legacy one (`.dat`) of ik_llama.cpp and older llama.cpp, or the GGUF
 * form of llama.cpp. The first bytes tell which it is.
 *
 * @param bytes - the whole file
 * @param source - its path or name, for messages
 * @throws ImatrixError when the bytes are no importance matrix; GgufError when they are a damaged GGUF file.
 */
export async function readImportanceMatrix(bytes: Uint8Array, source: string): Promise<ImportanceMatrix> {
  // Read as the number of entries of a legacy file, the first bytes of a GGUF file would be far more than any file has.
  return isGguf(bytes) ? readGguf(bytes, source) : readDat(bytes, source);
}
