import type { ByteSink, RandomAccessSource } from '@halftone/gguf-io';
import { baseRecordLength, decodeBaseRecord, encodeBaseRecord } from './base-record';
import { scoredCount } from './chunks';
import { EvaluateError } from './error';

/**
 * The file of base predictions of ik_llama.cpp (`--kl-divergence-base`; examples/perplexity/perplexity.cpp), little-endian:
 *
 *     8 bytes   "_logits_"
 *     i32       context: tokens of a chunk
 *     i32       vocabulary
 *     i32       chunks
 *     i32 ...   tokens of the text (chunks * context), as they stand in it
 *     u16 ...   for each chunk, a record (`base-record.ts`) for each place whose next token is scored
 */
const MAGIC = '_logits_';
const HEAD_BYTES = MAGIC.length + 3 * 4;

/** Larger than any vocabulary in use (the largest have 262,144 tokens) and any context; keeps a record within 4 MB. */
const MAX_VOCABULARY = 1 << 21;
const MAX_CONTEXT = 1 << 24;

/** What stands before the predictions. */
export interface BaseFileHead {
  /** Tokens of a chunk. */
  readonly contextLength: number;
  readonly vocabulary: number;
  /** The text, as many tokens as whole chunks hold. */
  readonly tokens: Int32Array;
}

/** Whether a file begins as a file of base predictions does. */
export async function isBaseFile(source: RandomAccessSource): Promise<boolean> {
  const start = new Uint8Array(Math.min(MAGIC.length, source.byteLength));
  await source.read(0, start);
  return new TextDecoder().decode(start) === MAGIC;
}

/** A file of base predictions. Whoever opened its source closes it. */
export class BaseFile implements BaseFileHead {
  readonly #source: RandomAccessSource;

  private constructor(
    source: RandomAccessSource,
    readonly contextLength: number,
    readonly vocabulary: number,
    readonly chunks: number,
    readonly tokens: Int32Array,
  ) {
    this.#source = source;
  }

  /**
   * Read the header and the text.
   *
   * @throws {@link EvaluateError} when it is no such file, or is not as long as it says.
   */
  static async open(source: RandomAccessSource): Promise<BaseFile> {
    const file = source.name;
    if (source.byteLength < HEAD_BYTES || !(await isBaseFile(source))) {
      throw new EvaluateError('not-a-base-file', 'this is no file of base predictions', {
        file,
        advice: 'Make one from the unquantized model with --kl-divergence-base.',
      });
    }
    const head = new Uint8Array(HEAD_BYTES);
    await source.read(0, head);
    const view = new DataView(head.buffer, MAGIC.length);
    const contextLength = count(view.getInt32(0, true), 2, MAX_CONTEXT, 'tokens of a chunk', file);
    const vocabulary = count(view.getInt32(4, true), 1, MAX_VOCABULARY, 'tokens of the vocabulary', file);
    const most = Math.floor(source.byteLength / (4 * contextLength));
    const chunks = count(view.getInt32(8, true), 1, Math.max(1, most), 'chunks', file);
    checkLength(
      source,
      HEAD_BYTES + 4 * chunks * contextLength + chunks * chunkBytes({ contextLength, vocabulary }),
    );
    const tokens = await readTokens(source, chunks * contextLength, vocabulary);
    return new BaseFile(source, contextLength, vocabulary, chunks, tokens);
  }

  /**
   * The base's predictions in one chunk: for each scored place, in order, the natural logarithms of the probabilities.
   * The same array is filled again for the next place.
   */
  async *predictions(chunk: number): AsyncGenerator<Float32Array, void, undefined> {
    if (!(chunk >= 0 && chunk < this.chunks)) {
      throw new EvaluateError('out-of-range', 'there is no such chunk', {
        file: this.#source.name,
        found: chunk,
        allowed: `0 to ${this.chunks - 1}`,
      });
    }
    const record = new Uint16Array(baseRecordLength(this.vocabulary));
    const bytes = new Uint8Array(record.buffer);
    const row = new Float32Array(this.vocabulary);
    let offset = HEAD_BYTES + 4 * this.tokens.length + chunk * chunkBytes(this);
    for (let place = 0; place < scoredCount(this.contextLength); place++, offset += bytes.length) {
      await this.#source.read(offset, bytes);
      decodeBaseRecord(record, row);
      yield row;
    }
  }
}

/** Writes a file of base predictions: `begin`, then `add` for each scored place, then finish the sink. */
export class BaseFileWriter {
  readonly #record: Uint16Array;
  readonly #sink: ByteSink;

  private constructor(sink: ByteSink, head: BaseFileHead) {
    this.#sink = sink;
    this.#record = new Uint16Array(baseRecordLength(head.vocabulary));
  }

  /** Write what stands before the predictions. */
  static async begin(sink: ByteSink, head: BaseFileHead): Promise<BaseFileWriter> {
    const bytes = new Uint8Array(HEAD_BYTES + 4 * head.tokens.length);
    bytes.set(new TextEncoder().encode(MAGIC));
    const view = new DataView(bytes.buffer, MAGIC.length);
    const chunks = head.tokens.length / head.contextLength;
    [head.contextLength, head.vocabulary, chunks, ...head.tokens].forEach((number, index) =>
      view.setInt32(4 * index, number, true),
    );
    await sink.write(bytes);
    return new BaseFileWriter(sink, head);
  }

  /** Natural logarithms of the probabilities at the next scored place. */
  async add(logProbabilities: Float32Array): Promise<void> {
    encodeBaseRecord(logProbabilities, this.#record);
    await this.#sink.write(new Uint8Array(this.#record.buffer));
  }
}

function chunkBytes({
  contextLength,
  vocabulary,
}: Pick<BaseFileHead, 'contextLength' | 'vocabulary'>): number {
  return scoredCount(contextLength) * 2 * baseRecordLength(vocabulary);
}

async function readTokens(
  source: RandomAccessSource,
  length: number,
  vocabulary: number,
): Promise<Int32Array> {
  const bytes = new Uint8Array(4 * length);
  await source.read(HEAD_BYTES, bytes);
  const view = new DataView(bytes.buffer);
  const tokens = Int32Array.from({ length }, (_, index) => view.getInt32(4 * index, true));
  const bad = tokens.findIndex((token) => token < 0 || token >= vocabulary);
  if (bad < 0) return tokens;
  throw new EvaluateError('out-of-range', 'the text has a token that the vocabulary does not have', {
    file: source.name,
    offset: HEAD_BYTES + 4 * bad,
    found: tokens[bad] ?? 0,
    allowed: `0 to ${vocabulary - 1}`,
  });
}

function count(value: number, least: number, most: number, what: string, file: string): number {
  if (value >= least && value <= most) return value;
  throw new EvaluateError('bad-count', `the number of ${what} cannot be`, {
    file,
    found: value,
    allowed: `${least} to ${most}`,
  });
}

function checkLength({ name, byteLength }: RandomAccessSource, wanted: number): void {
  if (byteLength === wanted) return;
  const isShort = byteLength < wanted;
  throw new EvaluateError(
    isShort ? 'truncated' : 'trailing-bytes',
    isShort ? 'the file ends before its predictions do' : 'the file goes on after its predictions',
    {
      file: name,
      found: `${byteLength} bytes`,
      allowed: `${wanted}`,
      advice: 'Make it again with --kl-divergence-base.',
    },
  );
}
