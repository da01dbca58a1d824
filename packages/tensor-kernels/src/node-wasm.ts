import { readFile } from 'node:fs/promises';

/** Reads the WebAssembly module from its file. */
export async function readModuleFile(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await readFile(url));
}
