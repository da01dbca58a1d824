import { GgufError } from '../error';
import type { GgufFile, GgufTensor, RandomAccessSource } from '../types';
import { parseHeader, type ParsedHeader } from './header';
import { readRowBytes, rowsByteLength } from './rows';
import { endWithPadding } from './tensors';
import { parseGrowingWindow } from './window';

/** How a file is opened. */
export interface OpenOptions {
  /**
   * Bytes that are read at first, in the hope that they hold the header; sixteen times as many are read whenever they do not.
   * Default: 1 MiB, one request that holds the header of most models.
   */
  readonly firstWindowBytes?: number;
}

const DEFAULT_FIRST_WINDOW_BYTES = 1024 * 1024;

/**
 * Open a GGUF file: read and check its header. Tensor data is left where it is until someone asks for it.
 *
 * A file that ends with its header, or within the padding behind it, is a header alone: it opens, with `hasTensorData` false. As soon as
 * there is one byte of tensor data there must be all: a file that ends before its last tensor does is `truncated`, and the error names
 * the first tensor that is not whole; bytes between or behind the tensors, beyond padding, are `unused-data`. So a download that stopped exactly between header and data looks like a header alone; reading
 * a tensor from it is a `no-tensor-data` error.
 *
 * The source stays the caller's when opening fails, and is closed by `close()` of the file otherwise.
 *
 * @throws GgufError with a stable code for whatever is wrong in the file.
 */
export async function openGguf(source: RandomAccessSource, options: OpenOptions = {}): Promise<GgufFile> {
  const firstWindowBytes = options.firstWindowBytes ?? DEFAULT_FIRST_WINDOW_BYTES;
  const header = await parseGrowingWindow(source, firstWindowBytes, parseHeader);
  const hasTensorData = header.tensors.length > 0 && source.byteLength > header.dataOffset;
  if (hasTensorData) {
    checkAllThere(header, source);
    checkNothingBehind(header, source);
  }
  return new OpenFile(source, header, hasTensorData);
}

/** The first tensor, in the order of the data, that the file does not hold whole, is an error. */
function checkAllThere({ tensors }: ParsedHeader, source: RandomAccessSource): void {
  const missing = tensors
    .filter(({ byteOffset, byteLength }) => byteOffset + byteLength > source.byteLength)
    .sort((a, b) => a.byteOffset - b.byteOffset)[0];
  if (missing === undefined) return;
  throw new GgufError('truncated', 'the file ends before the data of the tensor does', {
    file: source.name,
    tensor: missing.name,
    found: `${source.byteLength} bytes`,
    allowed: `at least ${missing.byteOffset + missing.byteLength}`,
    advice: 'Download or convert it again.',
  });
}

/** Data behind the last tensor is an error: that of a tensor which the header has lost would be left out silently. */
function checkNothingBehind({ tensors, alignment }: ParsedHeader, source: RandomAccessSource): void {
  const end = Math.max(...tensors.map((tensor) => endWithPadding(tensor, alignment)));
  if (source.byteLength <= end) return;
  throw new GgufError('unused-data', 'the file goes on behind its last tensor', {
    file: source.name,
    offset: end,
    found: `${source.byteLength} bytes`,
    allowed: `up to ${end}`,
    advice:
      'The header has lost a tensor, or something was appended: download or convert the file again; where it is known to be whole, cut it to that length.',
  });
}

/** A file whose header is known; it reads tensors from the source, and closes it. */
export class OpenFile implements GgufFile {
  readonly source;
  readonly version;
  readonly metadata;
  readonly tensors;
  readonly alignment;
  readonly headerByteLength;
  readonly dataOffset;
  readonly byteLength;
  readonly hasTensorData;

  constructor(source: RandomAccessSource, header: ParsedHeader, hasTensorData: boolean) {
    this.source = source;
    this.version = header.version;
    this.metadata = header.metadata;
    this.tensors = header.tensors;
    this.alignment = header.alignment;
    this.headerByteLength = header.headerByteLength;
    this.dataOffset = header.dataOffset;
    this.byteLength = source.byteLength;
    this.hasTensorData = hasTensorData;
  }

  async readTensorRange(tensor: GgufTensor, byteOffset: number, into: Uint8Array): Promise<void> {
    if (!this.hasTensorData) {
      throw new GgufError('no-tensor-data', 'the file is a header alone', {
        file: this.source.name,
        tensor: tensor.name,
        advice: 'It can be inspected and planned; to read weights, take the whole file.',
      });
    }
    const end = byteOffset + into.length;
    const allBytes = rowsByteLength(tensor);
    if (!Number.isInteger(byteOffset) || byteOffset < 0 || end > allBytes) {
      throw new GgufError('out-of-range', 'the range leaves the tensor', {
        file: this.source.name,
        tensor: tensor.name,
        found: `${byteOffset} to ${end}`,
        allowed: `0 to ${allBytes}`,
      });
    }
    await readRowBytes(this.source, tensor, byteOffset, into);
  }

  async readTensorBytes(tensor: GgufTensor): Promise<Uint8Array> {
    const bytes = new Uint8Array(rowsByteLength(tensor));
    await this.readTensorRange(tensor, 0, bytes);
    return bytes;
  }

  async close(): Promise<void> {
    await this.source.close();
  }
}
