import { realpath, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isHalftoneError } from '@halftone/errors';
import {
  encodeGgufHeader,
  GgufError,
  GgufWriter,
  MemorySource,
  openGguf,
  type GgufFile,
  type GgufHeader,
} from '@halftone/gguf-io';
import { withFileErrors } from '@halftone/gguf-io/node';
import { checkThreads } from './encoder-pool';
import { QuantizeError, type QuantizeErrorCode } from './error';
import { outputMetadata, type Provenance } from './output-metadata';
import type { Prepared } from './prepare';
import { quantize } from './quantize';
import { refuseOtherWeights } from './same-weights';
import type { QuantizeListener, TensorReport } from './tensor-report';
import { identifyJob } from './unfinished/job-identity';
import { acquireLock } from './unfinished/lock';
import { UnfinishedOutput, unfinishedPaths } from './unfinished/unfinished-output';
import { tensorStart } from './unfinished/verify';

/** How far an output has come that is not finished. */
export interface UnfinishedWork {
  /** The unfinished file. Its journal stands beside it, under its name with `.journal`. */
  readonly partial: string;
  /** Tensors that are whole in it, and of all. */
  readonly tensorsDone: number;
  readonly tensorCount: number;
  /** Weights of the tensors that are whole. */
  readonly weightsDone: number;
}

/** Where the file goes, and how the work is done. */
export interface FileJob extends QuantizeListener {
  /** Path of the output. It appears when it is whole; an older file of this name stays until then. */
  readonly output: string;
  /** Encoder threads, at least 1. Every number gives the same bytes. */
  readonly threads: number;
  /** Told in the metadata of the output; left out, nothing is told, and `as-in-source`, what the source tells. */
  readonly provenance?: Provenance | 'as-in-source' | undefined;
  /** Ends the work: what is finished is kept for the next run of the same job, and an older output stays. */
  readonly signal?: AbortSignal | undefined;
  /** Throw away what an earlier run has left unfinished, of this job or of another. Default: go on with this job's, refuse another's. */
  readonly restart?: boolean | undefined;
  /** The work goes on with what an earlier run of the same job has left: called before anything is written. */
  readonly onResume?: ((work: UnfinishedWork) => void) | undefined;
  /** The work failed, and the next run of the same job will go on with this: called before the error is thrown. */
  readonly onUnfinished?: ((work: UnfinishedWork) => void) | undefined;
}

/**
 * Write the quantized model to a file. Where a run of the same job ended early, however that came, the work goes on behind the last tensor
 * that was whole.
 *
 * @returns what became of each tensor, in order.
 * @throws {@link QuantizeError} `same-file`, `other-job`, `output-locked`, `other-model`, and those of {@link quantize}; `GgufError` `no-tensor-data` when
 * the source is a header alone, `changed` when it was written to meanwhile, `no-space` when the disk has no room, and others when reading
 * or writing fails. An older output is untouched. Left behind is what the next run can go on with, or nothing.
 */
export async function quantizeToFile(prepared: Prepared, job: FileJob): Promise<readonly TensorReport[]> {
  checkThreads(job.threads);
  const { source, kept } = prepared;
  refuseHeaderAlone(source);
  if (kept !== undefined) refuseHeaderAlone(kept.file);
  await refuseSameFile(source, job.output);
  return withFileErrors(job.output, async () => {
    const lock = await acquireLock(unfinishedPaths(job.output).lock);
    try {
      if (kept !== undefined) await refuseOtherWeights(source, kept);
      return await writeOutput(prepared, job);
    } finally {
      await lock.release();
    }
  });
}

async function writeOutput(prepared: Prepared, job: FileJob): Promise<readonly TensorReport[]> {
  const header = outputHeader(prepared, job.provenance);
  const bytes = encodeGgufHeader(header);
  const layout = await openGguf(new MemorySource(bytes, job.output));
  const output = await UnfinishedOutput.open({
    output: job.output,
    identity: await identifyJob(prepared, bytes),
    layout,
    restart: job.restart ?? false,
    signal: job.signal,
  });
  let tensorsDone = output.finished.length;
  const work = (): UnfinishedWork => ({
    partial: unfinishedPaths(job.output).partial,
    tensorsDone,
    tensorCount: prepared.plan.tensors.length,
    weightsDone: prepared.plan.tensors.slice(0, tensorsDone).reduce((sum, { weights }) => sum + weights, 0),
  });
  try {
    if (tensorsDone > 0) job.onResume?.(work());
    await refuseFullDisk(layout, tensorsDone, job.output);
    const writer =
      tensorsDone === 0
        ? await GgufWriter.open(output.sink, header)
        : GgufWriter.resume(output.sink, header, tensorsDone);
    const reports = await writeTensors(prepared, job, output, writer, () => tensorsDone++);
    await writer.finish();
    await output.close();
    return reports;
  } catch (error) {
    const keep = tensorsDone > 0 && canGoOn(error, prepared);
    // Most often it fails for the same reason that ended the work, which is the one to tell.
    await output.giveUp(keep).catch(() => undefined);
    if (keep) job.onUnfinished?.(work());
    throw error;
  }
}

async function writeTensors(
  { source, plan, importance, kept }: Prepared,
  job: FileJob,
  output: UnfinishedOutput,
  writer: GgufWriter,
  onSafe: () => void,
): Promise<readonly TensorReport[]> {
  const reports = await quantize({
    ...job,
    source,
    plan,
    importance: importance?.byTensor ?? new Map(),
    kept,
    finished: output.finished.map(({ errors }) => errors),
    writer,
    onWritten: async ({ planned, errors }) => {
      await output.tensorWritten(planned.source.name, errors);
      onSafe();
    },
  });
  await source.source.checkUnchanged?.();
  await kept?.file.source.checkUnchanged?.();
  // Windows does not let a file take the place of an open one.
  await kept?.file.close();
  return reports;
}

function outputHeader({ source, plan, options }: Prepared, provenance: FileJob['provenance']): GgufHeader {
  return {
    version: source.version,
    metadata: outputMetadata(source.metadata, options.ftype.id, provenance, options.overrides),
    tensors: plan.tensors.map(({ source: { name, dimensions }, format }) => ({ name, dimensions, format })),
  };
}

/** Errors that the same job would end with again; another one cannot go on with its tensors. */
const FINAL: ReadonlySet<string> = new Set<QuantizeErrorCode | 'changed'>([
  'not-finite',
  'out-of-range',
  'encoding-failed',
  'changed',
]);

/** Whether the next run of the same job may go on. It could not know a source that does not tell its version. */
function canGoOn(error: unknown, { source }: Prepared): boolean {
  if (source.source.version === undefined) return false;
  return !(isHalftoneError(error) && FINAL.has(error.code));
}

/** Reading would say so too, but only when a part of the output was written. */
function refuseHeaderAlone({ hasTensorData, source }: GgufFile): void {
  if (hasTensorData) return;
  throw new GgufError('no-tensor-data', 'the file is a header alone', {
    file: source.name,
    advice: 'It can be planned, but to quantize it the whole file is needed.',
  });
}

/** A finished output takes the place of an older file; that must not be the source, which cannot be made again. */
async function refuseSameFile({ source }: GgufFile, output: string): Promise<void> {
  // A path that leads nowhere is no file that could be overwritten.
  const [from, to] = await Promise.all(
    [source.name, output].map((path) => realpath(path).catch(() => undefined)),
  );
  if (from === undefined || from !== to) return;
  throw new QuantizeError('same-file', 'the output would take the place of the source', {
    file: output,
    advice: 'Give the output another name.',
  });
}

/** Better to say so now than after hours of work. */
async function refuseFullDisk(layout: GgufFile, tensorsDone: number, output: string): Promise<void> {
  const whole = tensorStart(layout, layout.tensors.length);
  const byteLength = whole - (tensorsDone === 0 ? 0 : tensorStart(layout, tensorsDone));
  const available = await availableBytes(output);
  if (byteLength <= available) return;
  throw new GgufError('no-space', 'the disk has no room for the rest of the output', {
    file: output,
    found: `${available} bytes`,
    allowed: `at least ${byteLength} bytes`,
    advice: 'Free some space, or write to another disk.',
  });
}

async function availableBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(dirname(path));
    return bavail * bsize;
  } catch (cause) {
    throw new GgufError('input-output', 'the operating system does not say how much space is left', {
      file: path,
      advice: 'The cause says more.',
      cause,
    });
  }
}
