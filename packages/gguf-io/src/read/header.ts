import { alignUp } from '../align-up';
import { GgufError } from '../error';
import type { GgufMetadata, GgufTensor, GgufValue, GgufVersion } from '../types';
import { readValue } from '../metadata/value';
import { NAMES_ARE_UNIQUE } from './advice';
import type { Cursor } from './cursor';
import { MAX_ALIGNMENT, MAX_KEY_BYTES, MAX_METADATA_ENTRIES, MAX_TENSORS } from './limits';
import { MIN_TENSOR_ENTRY_BYTES, placeTensors, readTensorTable } from './tensors';

/** "GGUF", as the number that its four bytes are. */
export const MAGIC = 0x4655_4747;

/** Whether bytes begin as those of a GGUF file do. */
export function isGguf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true) === MAGIC;
}

/** What `general.alignment` is where a file does not say. */
const DEFAULT_ALIGNMENT = 32;

/** Bytes of the shortest metadata entry: an empty key, a type and a value of one byte. */
const MIN_METADATA_ENTRY_BYTES = 8 + 4 + 1;

/** All that a header says. */
export interface ParsedHeader {
  readonly version: GgufVersion;
  readonly metadata: GgufMetadata;
  readonly tensors: readonly GgufTensor[];
  readonly alignment: number;
  readonly headerByteLength: number;
  readonly dataOffset: number;
}

/**
 * Read a header. The file as a whole, from its first byte (all numbers little-endian, n = bytes of a text, d = number of dimensions,
 * v = bytes of a value):
 *
 * ```text
 *   bytes   field              repeated
 *   ------  -----------------  --------------------------------
 *   4       magic              once: "GGUF"
 *   4       version            once: 2 or 3
 *   8       tensor count       once
 *   8       metadata count     once
 *   8 + n   key                per metadata entry
 *   4       value type         per metadata entry
 *   v       value              per metadata entry
 *   8 + n   name               per tensor
 *   4       dimension count    per tensor
 *   8 * d   dimensions         per tensor: fastest first
 *   4       format id          per tensor
 *   8       offset             per tensor: from the first data byte
 *   ------  -----------------  --------------------------------
 *   pad     zeros              once: up to the alignment
 *   rows    data               per tensor: each padded likewise
 * ```
 *
 * A value of type `string` is a text with its length before it (8 + n). An array is element type (4), length (8), elements.
 *
 * Source: docs/gguf.md of the ggml project; checked against ggml/src/ggml.c (`gguf_init_from_file`) of ik_llama.cpp.
 */
export function parseHeader(cursor: Cursor): ParsedHeader {
  const version = readVersion(cursor);
  const tensorCount = cursor.capped('the number of tensors', MAX_TENSORS);
  const metadataCount = cursor.capped('the number of metadata entries', MAX_METADATA_ENTRIES);
  const metadata = readMetadata(cursor, metadataCount);
  cursor.need(tensorCount * MIN_TENSOR_ENTRY_BYTES, 'the tensor table');
  const rows = readTensorTable(cursor, tensorCount);
  const alignment = alignmentOf(metadata, cursor.file);
  const headerByteLength = cursor.position;
  const dataOffset = alignUp(headerByteLength, alignment);
  const tensors = placeTensors(rows, { name: cursor.file, alignment, dataOffset });
  return { version, metadata, tensors, alignment, headerByteLength, dataOffset };
}

function readVersion(cursor: Cursor): GgufVersion {
  const magic = cursor.uint32('the magic number');
  if (magic !== MAGIC) {
    throw cursor.error('wrong-magic', 'the file is no GGUF file', {
      offset: 0,
      found: `0x${magic.toString(16).padStart(8, '0')}`,
      allowed: `0x${MAGIC.toString(16)}, "GGUF"`,
      advice:
        'Convert models of other kinds to GGUF first; where this should be one, look whether a web page was saved in its place.',
    });
  }
  const version = cursor.uint32('the version');
  if (version === 2 || version === 3) return version;
  // The bytes of a small number, read from the wrong end, are a large one.
  if (version !== 0 && version % 0x1_0000 === 0) {
    throw cursor.error('big-endian', 'the file was written for a big-endian machine', {
      offset: 4,
      advice: 'Convert it to little-endian with gguf_convert_endian.py of the gguf Python package.',
    });
  }
  throw cursor.error('unsupported-version', 'the file has an unsupported version of GGUF', {
    offset: 4,
    found: version,
    allowed: '2 or 3',
    advice:
      version === 1
        ? 'Convert the model again: version 1 was in use for some weeks of 2023.'
        : 'A newer release may read it.',
  });
}

function readMetadata(cursor: Cursor, count: number): GgufMetadata {
  cursor.need(count * MIN_METADATA_ENTRY_BYTES, 'the metadata');
  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < count; index++) {
    const offset = cursor.position;
    const key = cursor.text('a metadata key', MAX_KEY_BYTES);
    if (metadata.has(key)) {
      throw cursor.error('duplicate-key', `the metadata has the key ${JSON.stringify(key)} twice`, {
        offset,
        advice: NAMES_ARE_UNIQUE,
      });
    }
    metadata.set(key, readValue(cursor));
  }
  return metadata;
}

/** The alignment of tensor data that the metadata ask for. */
export function alignmentOf(metadata: GgufMetadata, file: string): number {
  const entry = metadata.get('general.alignment');
  if (entry === undefined) return DEFAULT_ALIGNMENT;
  const isPowerOfTwo = entry.type === 'uint32' && (entry.value & (entry.value - 1)) === 0;
  if (isPowerOfTwo && entry.value >= 8 && entry.value <= MAX_ALIGNMENT) return entry.value;
  throw new GgufError('invalid-alignment', 'general.alignment cannot be used', {
    file,
    found: `${entry.type} ${entry.type === 'array' ? '' : String(entry.value)}`,
    allowed: `a uint32 that is a power of two from 8 to ${MAX_ALIGNMENT}`,
    advice: 'Convert the model again, with the key left out or a uint32 of 32.',
  });
}
