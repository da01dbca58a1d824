/** An entry as the legacy form stores it. */
export interface StoredEntry {
  readonly name: string | Uint8Array;
  readonly calls: number;
  readonly values: readonly number[];
}

/** What follows the entries. */
export interface StoredTrailer {
  readonly chunks: number;
  readonly dataset: string;
}

/** Write the legacy form, without any check: tests need wrong files too. */
export function legacyFile(entries: readonly StoredEntry[], trailer?: StoredTrailer): Uint8Array {
  const parts = [int32(entries.length)];
  for (const { name, calls, values } of entries) {
    const bytes = typeof name === 'string' ? new TextEncoder().encode(name) : name;
    parts.push(int32(bytes.length), bytes, int32(calls), int32(values.length), float32s(values));
  }
  if (trailer !== undefined) {
    const path = new TextEncoder().encode(trailer.dataset);
    parts.push(int32(trailer.chunks), int32(path.length), path);
  }
  return joined(...parts);
}

/** Four bytes, little-endian. */
export function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

/** All bytes in one array. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function float32s(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true);
  return new Uint8Array(view.buffer);
}
