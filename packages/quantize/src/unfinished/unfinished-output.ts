import { access, rm } from 'node:fs/promises';
import type { GgufFile } from '@halftone/gguf-io';
import { openPartialSink, pathBeside } from '@halftone/gguf-io/node';
import type { SquareErrorSums } from '@halftone/tensor-kernels';
import { QuantizeError } from '../error';
import { HashingSink } from './hashing-sink';
import { identityDifferences, type JobIdentity } from './job-identity';
import { JournalWriter, readJournal, type JournalContent, type JournalEntry } from './journal';
import { countWholeTensors, tensorStart } from './verify';

/** The files that stand beside an output while it is being made. */
export interface UnfinishedPaths {
  /** The output as far as it has come. */
  readonly partial: string;
  /** Which job it is of, and which tensors are whole. */
  readonly journal: string;
  /** Says that a process is at work. */
  readonly lock: string;
}

/** The names of the files beside an output. */
export function unfinishedPaths(output: string): UnfinishedPaths {
  return {
    partial: pathBeside(output, '.partial'),
    journal: pathBeside(output, '.partial.journal'),
    lock: pathBeside(output, '.partial.lock'),
  };
}

/** Which output, of which job. */
export interface OutputJob {
  readonly output: string;
  readonly identity: JobIdentity;
  /** The header of the output, opened: where each tensor will lie. */
  readonly layout: GgufFile;
  /** Throw away what is unfinished, of this job or of another. */
  readonly restart: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * An output that is being made, and what a process before has made of it. The order in which files come and go is such that there is
 * never an unfinished file without its journal; a journal without its file stands for nothing.
 */
export class UnfinishedOutput {
  /** Of the tensors that a process before has finished, in their order. */
  readonly finished: readonly JournalEntry[];
  /** Stands behind the finished tensors. */
  readonly sink: HashingSink;
  readonly #paths: UnfinishedPaths;
  readonly #journal: JournalWriter;

  /**
   * Begin, or go on with what is there. The lock must be held.
   *
   * @throws {@link QuantizeError} `other-job` when what is there is of another job.
   */
  static async open(job: OutputJob): Promise<UnfinishedOutput> {
    const paths = unfinishedPaths(job.output);
    if (job.restart) await remove(paths);
    const content = await readUnfinished(paths, job.identity);
    const count =
      content === undefined ? 0 : await countWholeTensors(paths.partial, content, job.layout, job.signal);
    const finished = content?.entries.slice(0, count) ?? [];
    const journal =
      content === undefined
        ? await JournalWriter.begin(paths.journal, job.identity)
        : await JournalWriter.resume(paths.journal, finished.at(-1)?.end ?? content.start);
    try {
      const position = count === 0 ? 0 : tensorStart(job.layout, count);
      const sink = new HashingSink(await openPartialSink(job.output, paths.partial, position));
      return new UnfinishedOutput(
        paths,
        sink,
        journal,
        finished.map(({ entry }) => entry),
      );
    } catch (error) {
      await journal.close();
      if (content === undefined) await rm(paths.journal, { force: true });
      throw error;
    }
  }

  private constructor(
    paths: UnfinishedPaths,
    sink: HashingSink,
    journal: JournalWriter,
    finished: readonly JournalEntry[],
  ) {
    this.#paths = paths;
    this.sink = sink;
    this.#journal = journal;
    this.finished = finished;
  }

  /** A tensor was written to the sink, with its padding: it will not have to be made again. */
  async tensorWritten(tensor: string, errors: SquareErrorSums | undefined): Promise<void> {
    await this.sink.flush();
    await this.#journal.add({ tensor, sha256: this.sink.takeDigest(), errors });
  }

  /** The sink was finished: the output is in its place. */
  async close(): Promise<void> {
    await this.#journal.close();
    await rm(this.#paths.journal, { force: true });
  }

  /** The work failed. @param keep - whether another process may go on with it */
  async giveUp(keep: boolean): Promise<void> {
    try {
      await this.sink.abort();
      await this.#journal.close();
    } finally {
      if (!keep) await remove(this.#paths);
    }
  }
}

/** The journal goes last. */
async function remove({ partial, journal }: UnfinishedPaths): Promise<void> {
  await rm(partial, { force: true });
  await rm(journal, { force: true });
}

/** The journal of an unfinished file of this job; `undefined` where there is nothing to go on with. */
async function readUnfinished(
  { partial, journal }: UnfinishedPaths,
  identity: JobIdentity,
): Promise<JournalContent | undefined> {
  if (!(await exists(partial))) return undefined;
  if (!(await exists(journal))) {
    throw otherJob(
      partial,
      'a file without a journal',
      'If it is of no use, remove it or start anew with --restart',
    );
  }
  const content = await readJournal(journal);
  const differences = identityDifferences(content.job, identity);
  if (differences.length === 0) return content;
  throw otherJob(
    partial,
    `another ${differences.join(', another ')}`,
    'Go on with it by the command that began it, or throw it away with --restart',
  );
}

function otherJob(partial: string, found: string, advice: string): QuantizeError {
  return new QuantizeError('other-job', 'an unfinished output of another job is in the way', {
    file: partial,
    found,
    advice: `${advice}; or give the output another name.`,
  });
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
