import type { GgufFile, GgufWriter } from '@halftone/gguf-io';
import { importanceOfRow, type TensorImportance } from '@halftone/imatrix';
import { isEncoded, type Plan } from '@halftone/recipe-dsl';
import { bytesPerRow, formats } from '@halftone/quant-formats';
import type { EncodeResult, EncodeTask } from './encode-task';
import type { BackendName, SquareErrorSums } from '@halftone/tensor-kernels';
import { openBackend } from '@halftone/tensor-kernels/node';
import { throwIfAborted } from './abort';
import { BufferStore } from './buffer-store';
import { checkThreads, EncoderPool } from './encoder-pool';
import { QuantizeError } from './error';
import type { KeptTensors } from './keep-tensors';
import { refusalError } from './refusal';
import { rowWindows, windowByteOffset, type RowWindow, type TensorJob } from './row-window';
import { TensorReporter, type QuantizeListener, type TensorReport } from './tensor-report';

/** What to quantize, and where to. */
export interface QuantizeJob extends QuantizeListener {
  readonly source: GgufFile;
  readonly plan: Plan;
  /** By tensor name; empty where there is no importance matrix. */
  readonly importance: ReadonlyMap<string, TensorImportance>;
  /** Opened with the metadata and the tensors of the plan. `quantize` writes the tensor data; finishing is up to the caller. */
  readonly writer: GgufWriter;
  /** Encoder threads, at least 1. Every number gives the same bytes. */
  readonly threads: number;
  /** What does the arithmetic; every one gives the same bytes. Left out: the fastest that runs here. */
  readonly backend?: BackendName | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Tensors whose bytes come from an earlier output instead of the source. */
  readonly kept?: KeptTensors | undefined;
  /**
   * The tensors at the head of the plan that are in the output already, each with its errors where it has any. The writer stands behind
   * them; see `GgufWriter.resume`.
   */
  readonly finished?: readonly (SquareErrorSums | undefined)[] | undefined;
  /** A tensor is whole: awaited before the next one is written, and before `onTensor`. */
  readonly onWritten?: ((report: TensorReport) => Promise<void>) | undefined;
}

/** Windows in flight for each thread: one being encoded and one waiting, so that no thread waits for the disk. */
const WINDOWS_PER_THREAD = 2;

/**
 * Encode every tensor of the plan and write it, in the order of the plan. Reading, encoding and writing overlap; what is
 * in memory at a time is a few windows of rows per thread, whatever the size of the model.
 *
 * @returns what became of each tensor, in order.
 * @throws {@link QuantizeError} `invalid-threads`; `other-plan` when the plan is of another file; `not-finite` for NaN or
 * infinity among the weights, `out-of-range` for a weight that its new type cannot hold; `encoding-failed` and
 * `worker-failed`, which are defects; `aborted` when `signal` says so; errors of reading and writing as the rooms below
 * report them.
 */
export async function quantize(job: QuantizeJob): Promise<readonly TensorReport[]> {
  checkThreads(job.threads);
  const tensorJobs = matchPlan(job);
  const backend = job.backend ?? (await openBackend()).name;
  const pool = new EncoderPool(job.threads, backend);
  const buffers = new BufferStore();
  const reporter = new TensorReporter(job.plan, job, job.finished);
  const inFlight: { window: RowWindow; result: Promise<EncodeResult> }[] = [];
  const writeOldest = async (): Promise<void> => {
    throwIfAborted(job.signal, job.source.source.name);
    const oldest = inFlight.shift();
    if (oldest === undefined) return;
    const { bytes, spent } = await writeWindow(job, oldest.window, await oldest.result, reporter);
    buffers.give(bytes);
    buffers.give(spent);
  };
  try {
    for (const window of rowWindows(tensorJobs)) {
      if (inFlight.length >= job.threads * WINDOWS_PER_THREAD) await writeOldest();
      throwIfAborted(job.signal, job.source.source.name);
      const result = pool.run(await encodeTask(job, window, buffers));
      // It is awaited in its turn; until then its failure is no unhandled rejection.
      result.catch(() => undefined);
      inFlight.push({ window, result });
    }
    while (inFlight.length > 0) await writeOldest();
    return reporter.reports;
  } finally {
    await pool.close();
  }
}

/** Each tensor that is not finished yet, with what the plan says of it. */
function matchPlan({ source, plan, kept, finished }: QuantizeJob): TensorJob[] {
  const own = new Map(source.tensors.map((tensor) => [tensor.name, tensor]));
  const jobs = plan.tensors.map((planned) => {
    const tensor = own.get(planned.copyOf ?? planned.source.name);
    if (tensor !== undefined) return { tensor: kept?.tensors.get(tensor.name) ?? tensor, planned };
    throw new QuantizeError('other-plan', 'the plan was made for another file', {
      file: source.source.name,
      tensor: planned.source.name,
      found: 'no such tensor',
      allowed: 'every tensor of the plan',
      advice: 'Plan again with this file.',
    });
  });
  return jobs.slice(finished?.length ?? 0);
}

/** Where the bytes of a tensor come from. */
function fileOf({ source, kept }: QuantizeJob, { tensor }: RowWindow): GgufFile {
  return kept?.tensors.has(tensor.name) === true ? kept.file : source;
}

async function encodeTask(job: QuantizeJob, window: RowWindow, buffers: BufferStore): Promise<EncodeTask> {
  const { tensor, planned, columns, rows } = window;
  const importance = job.importance.get(tensor.name);
  const source = buffers.take(rows * bytesPerRow(formats[tensor.format], columns));
  await fileOf(job, window).readTensorRange(tensor, windowByteOffset(window), source);
  const isKept = tensor.format === planned.format;
  return {
    sourceFormat: tensor.format,
    format: planned.format,
    columns,
    rows,
    source,
    output: buffers.take(isKept ? 0 : rows * bytesPerRow(formats[planned.format], columns)),
    // A copy of one row's worth: a view would carry all of the matrix to the thread.
    importance: importance ? importanceOfRow(importance, window.firstRow).slice() : allAlike(window),
  };
}

/** Where a type cannot do without importance and there is none, all columns count alike. */
function allAlike({ planned, columns }: RowWindow): Float32Array<ArrayBuffer> | undefined {
  if (!isEncoded(planned) || formats[planned.format].importance !== 'required') return undefined;
  return new Float32Array(columns).fill(1);
}

async function writeWindow(
  job: QuantizeJob,
  window: RowWindow,
  result: EncodeResult,
  reporter: TensorReporter,
): Promise<Extract<EncodeResult, { kind: 'encoded' }>> {
  if (result.kind !== 'encoded') throw refusalError(result, window, fileOf(job, window).source.name);
  await job.writer.write(result.bytes);
  const report = reporter.windowWritten(window, result.errors);
  if (report !== undefined) {
    await job.onWritten?.(report);
    reporter.tensorDone(report);
  }
  return result;
}
