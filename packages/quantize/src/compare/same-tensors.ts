import type { GgufFile } from '@halftone/gguf-io';

/** The first tensor that two files do not have alike: in one of them only, or with other dimensions. */
interface TensorMismatch {
  readonly tensor: string;
  /** What the second file has. */
  readonly found: string;
  /** What the first file has. */
  readonly allowed: string;
}

/** Where the tensors of `other` are not those of `file`, by name and dimensions; their order does not count. */
export function tensorMismatch(file: GgufFile, other: GgufFile): TensorMismatch | undefined {
  const shapes = new Map(other.tensors.map(({ name, dimensions }) => [name, dimensions.join(' x ')]));
  for (const { name, dimensions } of file.tensors) {
    const found = shapes.get(name);
    const allowed = dimensions.join(' x ');
    if (found !== allowed) return { tensor: name, found: found ?? 'no such tensor', allowed };
  }
  if (other.tensors.length === file.tensors.length) return undefined;
  const own = new Set(file.tensors.map(({ name }) => name));
  const more = other.tensors.find(({ name }) => !own.has(name));
  return more && { tensor: more.name, found: more.dimensions.join(' x '), allowed: 'no such tensor' };
}
