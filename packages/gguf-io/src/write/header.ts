import { formats } from '@halftone/quant-formats';
import { alignUp } from '../align-up';
import { GgufError } from '../error';
import { appendValue } from '../metadata/value';
import { Cursor } from '../read/cursor';
import { alignmentOf, MAGIC, parseHeader, type ParsedHeader } from '../read/header';
import { MAX_HEADER_BYTES } from '../read/limits';
import { tensorBytes, type PlacedShape } from '../read/tensors';
import type { GgufHeader, GgufTensorShape } from '../types';
import { ByteBuilder } from './byte-builder';

/**
 * The bytes of a header whose tensors stand one behind the other in the order given, without the padding behind it. A file of these
 * bytes alone can be opened and planned.
 *
 * @throws GgufError whatever {@link openGguf} would throw for such a file: what we write, we read.
 */
export function encodeGgufHeader(header: GgufHeader): Uint8Array {
  return buildHeader(header, 'the header').bytes;
}

/** A header's bytes, and what the reader makes of them. `file` is the name for messages. */
export function buildHeader(header: GgufHeader, file: string): { bytes: Uint8Array; parsed: ParsedHeader } {
  const alignment = alignmentOf(header.metadata, file);
  const bytes = encodeHeader({ ...header, tensors: layOut(header.tensors, alignment, file) });
  if (bytes.length <= MAX_HEADER_BYTES) return { bytes, parsed: parseHeader(new Cursor(bytes, file)) };
  throw new GgufError('over-limit', 'the header is too long', {
    file,
    found: `${bytes.length} bytes`,
    allowed: `up to ${MAX_HEADER_BYTES}`,
    advice: 'Shorten the metadata, or write the tensors to several files.',
  });
}

function layOut(tensors: readonly GgufTensorShape[], alignment: number, file: string): PlacedShape[] {
  let end = 0;
  return tensors.map((tensor) => {
    const offsetInData = alignUp(end, alignment);
    end = offsetInData + tensorBytes(tensor, { file });
    return { ...tensor, offsetInData };
  });
}

/** The bytes of a header, as {@link parseHeader} draws them. */
export function encodeHeader(header: GgufHeader & { readonly tensors: readonly PlacedShape[] }): Uint8Array {
  const out = new ByteBuilder();
  out.uint32(MAGIC);
  out.uint32(header.version);
  out.uint64(header.tensors.length);
  out.uint64(header.metadata.size);
  for (const [key, value] of header.metadata) {
    out.text(key);
    appendValue(key, value, out);
  }
  for (const tensor of header.tensors) appendTensor(tensor, out);
  return out.bytes;
}

function appendTensor({ name, dimensions, format, offsetInData }: PlacedShape, out: ByteBuilder): void {
  out.text(name);
  out.uint32(dimensions.length);
  for (const length of dimensions) out.uint64(length);
  out.uint32(formats[format].id);
  out.uint64(offsetInData);
}
