import { open, readFile, stat, type FileHandle } from 'node:fs/promises';
import type { SquareErrorSums } from '@halftone/tensor-kernels';
import { QuantizeError } from '../error';
import { isJobIdentity, type JobIdentity } from './job-identity';

/*
 * A journal is text, one JSON object a line:
 *
 *     {"halftone":"journal","version":1,"job":{…}}                          of which job the unfinished file is
 *     {"tensor":"token_embd.weight","sha256":"…","errors":{"error":…,…}}    a tensor is whole
 *     …
 *
 * A line counts when its line feed is there; the first line that is none, or no such object, ends the journal.
 */

/** Changes when a journal of before cannot be read any more. */
const JOURNAL_VERSION = 1;

/** Threat: a journal is read whole. Largest: some 30 MB, the most tensors that a GGUF file may have, with names of 63 bytes. */
const MAX_JOURNAL_BYTES = 64 * 1024 * 1024;

/** A tensor that is whole in the unfinished file. */
export interface JournalEntry {
  readonly tensor: string;
  /** Of the bytes from the end of the tensor before to the end of this one, padding included; of the first, from the start of the file. */
  readonly sha256: string;
  /** Left out for a tensor that was kept as it was. */
  readonly errors?: SquareErrorSums | undefined;
}

/** What a journal says. */
export interface JournalContent {
  readonly job: JobIdentity;
  /** Each entry with the length of the journal up to its end. */
  readonly entries: readonly { readonly entry: JournalEntry; readonly end: number }[];
  /** Length of the journal up to the first entry. */
  readonly start: number;
}

/** Appends to a journal. */
export class JournalWriter {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Begin a new journal, in place of whatever is there. It lasts through a power cut as soon as the promise resolves. */
  static async begin(path: string, job: JobIdentity): Promise<JournalWriter> {
    const writer = new JournalWriter(await open(path, 'w'));
    await writer.#append({ halftone: 'journal', version: JOURNAL_VERSION, job });
    await writer.#handle.sync();
    return writer;
  }

  /** Go on with a journal behind its first `length` bytes. */
  static async resume(path: string, length: number): Promise<JournalWriter> {
    const handle = await open(path, 'a');
    await handle.truncate(length);
    return new JournalWriter(handle);
  }

  /** A tensor is whole. */
  async add(entry: JournalEntry): Promise<void> {
    await this.#append(entry);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #append(line: object): Promise<void> {
    await this.#handle.writeFile(`${JSON.stringify(line)}\n`);
  }
}

/**
 * Read a journal.
 *
 * @throws {@link QuantizeError} `other-job` for a file that is no journal, or one of another version of Halftone.
 */
export async function readJournal(path: string): Promise<JournalContent> {
  if ((await stat(path)).size > MAX_JOURNAL_BYTES) throw notAJournal(path);
  const [first, ...rest] = lines(await readFile(path));
  const head = parseObject(first?.text);
  if (first === undefined || head?.['halftone'] !== 'journal' || head['version'] !== JOURNAL_VERSION)
    throw notAJournal(path);
  const job = head['job'];
  if (!isJobIdentity(job)) throw notAJournal(path);
  const entries: { entry: JournalEntry; end: number }[] = [];
  for (const { text, end } of rest) {
    const entry = parseEntry(text);
    if (entry === undefined) break;
    entries.push({ entry, end });
  }
  return { job, entries, start: first.end };
}

/** The lines that have their line feed, each with the length of the file up to it. */
function* lines(bytes: Buffer): Generator<{ text: string; end: number }> {
  for (let start = 0; ;) {
    const end = bytes.indexOf('\n', start) + 1;
    if (end === 0) return;
    yield { text: bytes.toString('utf8', start, end), end };
    start = end;
  }
}

function parseObject(text = ''): Partial<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function parseEntry(text: string): JournalEntry | undefined {
  const { tensor, sha256, errors } = parseObject(text) ?? {};
  if (typeof tensor !== 'string' || typeof sha256 !== 'string') return undefined;
  if (errors === undefined) return { tensor, sha256 };
  return isErrorSums(errors) ? { tensor, sha256, errors } : undefined;
}

function isErrorSums(value: unknown): value is SquareErrorSums {
  if (typeof value !== 'object' || value === null) return false;
  const sums = value as Partial<Record<string, unknown>>;
  return ['error', 'energy', 'weightedError', 'weightedEnergy'].every((key) => Number.isFinite(sums[key]));
}

function notAJournal(path: string): QuantizeError {
  return new QuantizeError('other-job', 'this is no journal that this version of Halftone can go on with', {
    file: path,
    advice: 'Start anew with --restart, or give the output another name.',
  });
}
