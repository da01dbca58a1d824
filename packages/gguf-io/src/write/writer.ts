import { formats } from '@halftone/quant-formats';
import { cleanUpAfterError } from '../clean-up';
import { GgufError } from '../error';
import { endWithPadding } from '../read/tensors';
import type { ByteSink, GgufHeader, GgufTensor } from '../types';
import { buildHeader } from './header';

/**
 * Writes a GGUF file from its first byte to its last: the header when it is opened, then the data of the tensors in the order of the
 * header, in pieces of any size. Padding is the writer's business; the alignment is that of `general.alignment` in the metadata, or 32.
 *
 * A call that fails aborts the sink, so that nothing is left behind; its error is the one that is thrown, even where aborting fails too.
 * Await each call before the next one.
 */
export class GgufWriter {
  /** The tensor table that was written. */
  readonly tensors: readonly GgufTensor[];
  /** Length of the finished file, the padding behind the last tensor included. */
  readonly byteLength: number;
  readonly #sink: ByteSink;
  readonly #alignment: number;
  /** Which tensor comes next, and how many of its bytes are written. */
  #tensorIndex: number;
  #tensorBytesWritten = 0;
  #isOpen = true;

  /**
   * Write the header.
   *
   * @throws GgufError `unwritable-format` for a type that is read and not written; whatever else is wrong with the header, or with the sink.
   */
  static async open(sink: ByteSink, header: GgufHeader): Promise<GgufWriter> {
    try {
      refuseUnwritable(header, sink.name);
      const { bytes, parsed } = buildHeader(header, sink.name);
      await sink.write(bytes);
      await sink.write(new Uint8Array(parsed.dataOffset - bytes.length));
      return new GgufWriter(sink, parsed);
    } catch (error) {
      await cleanUpAfterError(() => sink.abort());
      throw error;
    }
  }

  /**
   * Go on with a file of this header whose first `tensorCount` tensors are written, with their padding: `sink` stands where the next one begins.
   * The sink stays the caller's when this fails.
   *
   * @throws GgufError as `open` does for the header; `out-of-range` when it has fewer tensors.
   */
  static resume(sink: ByteSink, header: GgufHeader, tensorCount: number): GgufWriter {
    refuseUnwritable(header, sink.name);
    const { parsed } = buildHeader(header, sink.name);
    if (tensorCount > parsed.tensors.length) {
      throw new GgufError('out-of-range', 'more tensors were written than the header has', {
        file: sink.name,
        found: tensorCount,
        allowed: `up to ${parsed.tensors.length}`,
      });
    }
    return new GgufWriter(sink, parsed, tensorCount);
  }

  private constructor(
    sink: ByteSink,
    layout: {
      readonly tensors: readonly GgufTensor[];
      readonly alignment: number;
      readonly dataOffset: number;
    },
    tensorCount = 0,
  ) {
    const last = layout.tensors.at(-1);
    this.#sink = sink;
    this.#alignment = layout.alignment;
    this.#tensorIndex = tensorCount;
    this.tensors = layout.tensors;
    this.byteLength = last === undefined ? layout.dataOffset : endWithPadding(last, layout.alignment);
  }

  /**
   * Append bytes to the tensor whose turn it is; when it is whole, the next one's turn comes. A piece stays within one tensor.
   *
   * @throws GgufError `wrong-length` when the tensor would get more bytes than it has, and the sink's errors.
   */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#orAbort(async () => {
      const tensor = this.tensors[this.#tensorIndex];
      const written = this.#tensorBytesWritten + bytes.length;
      if (tensor === undefined || written > tensor.byteLength) throw this.#wrongLength(tensor, written);
      await this.#sink.write(bytes);
      this.#tensorBytesWritten = written;
      if (written === tensor.byteLength) await this.#padAfter(tensor);
    });
  }

  /**
   * Complete the file, and put it in place.
   *
   * @throws GgufError `wrong-length` when a tensor has not got all of its bytes, and the sink's errors.
   */
  async finish(): Promise<void> {
    await this.#orAbort(async () => {
      const tensor = this.tensors[this.#tensorIndex];
      if (tensor !== undefined) throw this.#wrongLength(tensor, this.#tensorBytesWritten);
      await this.#sink.finish();
      this.#isOpen = false;
    });
  }

  /** Give up: nothing is left behind. Does nothing after `finish`, or a second time. */
  async abort(): Promise<void> {
    this.#isOpen = false;
    await this.#sink.abort();
  }

  async #padAfter(tensor: GgufTensor): Promise<void> {
    const end = tensor.byteOffset + tensor.byteLength;
    await this.#sink.write(new Uint8Array(endWithPadding(tensor, this.#alignment) - end));
    this.#tensorIndex++;
    this.#tensorBytesWritten = 0;
  }

  async #orAbort(work: () => Promise<void>): Promise<void> {
    if (!this.#isOpen) {
      throw new GgufError('closed', 'the file was finished or given up before', { file: this.#sink.name });
    }
    try {
      await work();
    } catch (error) {
      await cleanUpAfterError(() => this.abort());
      throw error;
    }
  }

  #wrongLength(tensor: GgufTensor | undefined, written: number): GgufError {
    return new GgufError('wrong-length', 'a tensor gets as many bytes as its shape and type say', {
      file: this.#sink.name,
      tensor: tensor?.name,
      found: `${written} bytes`,
      allowed: tensor === undefined ? 'none behind the last tensor' : `${tensor.byteLength}`,
    });
  }
}

/** Rows of a type that is read and not written need not be what a file holds of them. */
function refuseUnwritable({ tensors }: GgufHeader, file: string): void {
  const tensor = tensors.find(({ format }) => formats[format].encodeRow === undefined);
  if (tensor === undefined) return;
  throw new GgufError('unwritable-format', `tensors of type ${tensor.format} are read and not written`, {
    file,
    tensor: tensor.name,
    found: tensor.format,
    advice: 'Decode its rows, and write them in another type.',
  });
}
