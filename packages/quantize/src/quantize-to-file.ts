import { realpath, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GgufError, GgufWriter, type ByteSink, type GgufFile } from '@halftone/gguf-io';
import { createFileSink } from '@halftone/gguf-io/node';
import { checkThreads } from './encoder-pool';
import { QuantizeError } from './error';
import { outputMetadata, type Provenance } from './output-metadata';
import type { Prepared } from './prepare';
import { quantize } from './quantize';
import type { QuantizeListener, TensorReport } from './tensor-report';

/** Where the file goes, and how the work is done. */
export interface FileJob extends QuantizeListener {
  /** Path of the output. It appears when it is whole; an older file of this name stays until then. */
  readonly output: string;
  /** Encoder threads, at least 1. Every number gives the same bytes. */
  readonly threads: number;
  /** Told in the metadata of the output; left out, nothing is told. */
  readonly provenance?: Provenance | undefined;
  /** Ends the work: the output is taken away, an older one stays. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Write the quantized model to a file.
 *
 * @returns what became of each tensor, in order.
 * @throws {@link QuantizeError} `same-file`, and those of {@link quantize}; `GgufError` `no-tensor-data` when the source is a
 * header alone, `no-space` when the disk has no room, and others when reading or writing fails. Nothing is left behind,
 * and an older output is untouched.
 */
export async function quantizeToFile(prepared: Prepared, job: FileJob): Promise<readonly TensorReport[]> {
  checkThreads(job.threads);
  refuseHeaderAlone(prepared.source);
  await refuseSameFile(prepared.source, job.output);
  const sink = await createFileSink(job.output);
  try {
    return await quantizeToSink(prepared, sink, job);
  } catch (error) {
    // Most often it cannot be removed for the same reason that ended the work, which is the one to tell.
    await sink.abort().catch(() => undefined);
    throw error;
  }
}

async function quantizeToSink(
  { source, plan, options, importance }: Prepared,
  sink: ByteSink,
  job: FileJob,
): Promise<readonly TensorReport[]> {
  const writer = await GgufWriter.open(sink, {
    version: source.version,
    metadata: outputMetadata(source.metadata, options.ftype.id, job.provenance),
    tensors: plan.tensors.map(({ source: { name, dimensions }, format }) => ({ name, dimensions, format })),
  });
  await refuseFullDisk(writer.byteLength, job.output);
  const reports = await quantize({
    ...job,
    source,
    plan,
    importance: importance?.byTensor ?? new Map(),
    writer,
  });
  await writer.finish();
  return reports;
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
async function refuseFullDisk(byteLength: number, output: string): Promise<void> {
  const available = await availableBytes(output);
  if (byteLength <= available) return;
  throw new GgufError('no-space', 'the disk has no room for the output', {
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
