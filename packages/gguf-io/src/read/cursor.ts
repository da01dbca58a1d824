import type { ErrorFacts } from '@halftone/errors';
import { GgufError, type GgufErrorCode } from '../error';
import { BEYOND_ANY_MODEL, DAMAGED } from './advice';

/** Thrown when the header goes on behind the bytes that have been read so far; the caller reads more and parses again. */
export class EndOfWindow extends Error {
  /** The header has at least this many bytes. */
  readonly neededBytes: number;
  /** What the cursor was about to read. */
  readonly what: string;
  /** Where it starts. */
  readonly offset: number;

  constructor(neededBytes: number, what: string, offset: number) {
    super('the header goes on');
    this.neededBytes = neededBytes;
    this.what = what;
    this.offset = offset;
  }
}

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A position in the first bytes of a file. All numbers of a GGUF file are little-endian. */
export class Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The file's name, for messages. */
  readonly file: string;
  position = 0;
  readonly #fileByteLength: number;

  /** @param fileByteLength - the length of the file, where `bytes` are only its beginning. */
  constructor(bytes: Uint8Array, file: string, fileByteLength = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.file = file;
    this.#fileByteLength = fileByteLength;
  }

  /** Make sure that `byteCount` bytes follow, before anything is allocated for them. */
  need(byteCount: number, what: string): void {
    const end = this.position + byteCount;
    if (end <= this.bytes.length) return;
    if (end <= this.#fileByteLength) throw new EndOfWindow(end, what, this.position);
    throw this.error('truncated', `the file ends within ${what}`, {
      offset: this.position,
      found: `${this.#fileByteLength} bytes`,
      allowed: `at least ${end}`,
      advice:
        'A part of the header is missing, or a length in it is wrong: download or convert the file again.',
    });
  }

  /** Step over `byteCount` bytes and give the position before them. */
  skip(byteCount: number, what: string): number {
    this.need(byteCount, what);
    const start = this.position;
    this.position += byteCount;
    return start;
  }

  uint32(what: string): number {
    return this.view.getUint32(this.skip(4, what), true);
  }

  /** A count, length or offset of 64 bits, of which 53 can be meant. */
  uint64(what: string): number {
    const start = this.skip(8, what);
    const high = this.view.getUint32(start + 4, true);
    if (high < 0x20_0000) return high * 0x1_0000_0000 + this.view.getUint32(start, true);
    throw this.error('over-limit', `${what} is too large for any file`, {
      offset: start,
      found: this.view.getBigUint64(start, true),
      allowed: 'less than 2^53',
      advice: DAMAGED,
    });
  }

  /** A count or length with a cap. */
  capped(what: string, cap: number): number {
    const start = this.position;
    const count = this.uint64(what);
    if (count <= cap) return count;
    throw this.error('over-limit', `${what} is too large`, {
      offset: start,
      found: count,
      allowed: `up to ${String(cap)}`,
      advice: BEYOND_ANY_MODEL,
    });
  }

  /** A length and that many bytes of text, which must be UTF-8. */
  text(what: string, maxBytes: number): string {
    const length = this.capped(`the length of ${what}`, maxBytes);
    const start = this.skip(length, what);
    try {
      return strictText.decode(this.bytes.subarray(start, start + length));
    } catch (cause) {
      throw this.error('invalid-text', `${what} is not UTF-8`, { offset: start, advice: DAMAGED, cause });
    }
  }

  /** An error of this file. */
  error(code: GgufErrorCode, what: string, facts: ErrorFacts): GgufError {
    return new GgufError(code, what, { file: this.file, ...facts });
  }
}
