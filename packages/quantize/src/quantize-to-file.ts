import { realpath, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GgufWriter, type GgufFile, type GgufHeader } from '@halftone/gguf-io';
import { createFileSink } from '@halftone/gguf-io/node';
import { QuantizeError } from './error';
import { outputMetadata, type Provenance } from './output-metadata';
import type { Prepared } from './prepare';
import { quantize, type QuantizeProgress, type TensorReport } from './quantize';

/** Where the file goes, and how the work is done. */
export interface FileJob {
  /** Path of the output. It appears when it is whole; an older file of this name stays until then. */
  readonly output: string;
  /** Encoder threads, at least 1. Every number gives the same bytes. */
  readonly threads: number;
  /** Told in the metadata of the output; `undefined` leaves it out. */
  readonly provenance: Provenance | undefined;
  /** Ends the work: the output is taken away, an older one stays. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: QuantizeProgress) => void) | undefined;
  readonly onTensor?: ((report: TensorReport) => void) | undefined;
}

/**
 * Write the quantized model to a file.
 *
 * @returns what became of each tensor, in order.
 * @throws {@link QuantizeError} `no-tensor-data`, `same-file`, `no-space`, and those of {@link quantize}; `GgufError` when
 * reading or writing fails. Nothing is left behind, and an older output is untouched.
 */
export async function quantizeToFile(prepared: Prepared, job: FileJob): Promise<readonly TensorReport[]> {
  const { source, plan, importance } = prepared;
  refuseHeaderAlone(source);
  await refuseSameFile(source, job.output);
  const sink = await createFileSink(job.output);
  try {
    await refuseFullDisk(prepared, job.output);
    const writer = await GgufWriter.open(sink, outputHeader(prepared, job.provenance));
    const reports = await quantize({
      ...job,
      source,
      plan,
      importance: importance?.byTensor ?? new Map(),
      writer,
    });
    await writer.finish();
    return reports;
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

function outputHeader({ source, plan, wish }: Prepared, provenance: Provenance | undefined): GgufHeader {
  return {
    version: source.version,
    metadata: outputMetadata(source.metadata, wish.ftype.id, provenance),
    tensors: plan.tensors.map(({ source: { name, dimensions }, format }) => ({ name, dimensions, format })),
  };
}

function refuseHeaderAlone({ hasTensorData, source }: GgufFile): void {
  if (hasTensorData) return;
  throw new QuantizeError('no-tensor-data', 'the file holds a header alone', {
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
async function refuseFullDisk({ plan }: Prepared, output: string): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(output));
  const available = bavail * bsize;
  if (plan.totals.bytes <= available) return;
  throw new QuantizeError('no-space', 'the disk has no room for the output', {
    file: output,
    found: `${available} bytes`,
    allowed: `at least ${plan.totals.bytes} bytes`,
    advice: 'Free some space, or write to another disk.',
  });
}
