import type { GgufFile, GgufWriter } from '@halftone/gguf-io';
import { importanceOfRow, type TensorImportance } from '@halftone/imatrix';
import type { Plan, PlannedTensor } from '@halftone/recipe-dsl';
import { bytesPerRow, formats } from '@halftone/quant-formats';
import type { EncodeResult, EncodeTask } from './encode-task';
import { EncoderPool } from './encoder-pool';
import { QuantizeError } from './error';
import { rowWindows, type RowWindow, type TensorJob } from './row-window';
import { addErrors, NO_ERROR, type SquareErrorSums } from './square-error';

/** How far the work has come. */
export interface QuantizeProgress {
  /** The tensor that was written last, and its place in the plan, from 0. */
  readonly planned: PlannedTensor;
  readonly tensorIndex: number;
  readonly tensorCount: number;
  /** Weights written, of all and so far. */
  readonly weightsTotal: number;
  readonly weightsDone: number;
}

/** What became of one tensor. */
export interface TensorReport {
  readonly planned: PlannedTensor;
  /** `undefined` for a tensor that was kept as it was. */
  readonly errors: SquareErrorSums | undefined;
}

/** What to quantize, and where to. */
export interface QuantizeJob {
  readonly source: GgufFile;
  readonly plan: Plan;
  /** By tensor name; empty where there is no importance matrix. */
  readonly importance: ReadonlyMap<string, TensorImportance>;
  /** Opened with the metadata and the tensors of the plan. `quantize` writes the tensor data; finishing is up to the caller. */
  readonly writer: GgufWriter;
  /** Encoder threads, at least 1. Every number gives the same bytes. */
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: QuantizeProgress) => void) | undefined;
  readonly onTensor?: ((report: TensorReport) => void) | undefined;
}

/** Windows in flight for each thread: one being encoded and one waiting, so that no thread waits for the disk. */
const WINDOWS_PER_THREAD = 2;

/**
 * Encode every tensor of the plan and write it, in the order of the plan. Reading, encoding and writing overlap; what is
 * in memory at a time is a few windows of rows per thread, whatever the size of the model.
 *
 * @returns what became of each tensor, in order.
 * @throws {@link QuantizeError} `not-finite` for NaN or infinity among the weights, `out-of-range` for a weight that its
 * new type cannot hold, `aborted` when `signal` says so; errors of reading and writing as the rooms below report them.
 */
export async function quantize(job: QuantizeJob): Promise<readonly TensorReport[]> {
  const pool = new EncoderPool(job.threads);
  const ledger = new Ledger(job);
  const inFlight: { window: RowWindow; result: Promise<EncodeResult> }[] = [];
  const writeOldest = async (): Promise<void> => {
    const oldest = inFlight.shift();
    if (oldest !== undefined) await writeWindow(job, oldest.window, await oldest.result, ledger);
  };
  try {
    for (const window of rowWindows(tensorJobs(job))) {
      if (inFlight.length === job.threads * WINDOWS_PER_THREAD) await writeOldest();
      throwIfAborted(job);
      const result = pool.run(await encodeTask(job, window));
      // It is awaited in its turn; until then its failure is no unhandled rejection.
      result.catch(() => undefined);
      inFlight.push({ window, result });
    }
    while (inFlight.length > 0) {
      throwIfAborted(job);
      await writeOldest();
    }
    return ledger.reports;
  } finally {
    await pool.close();
  }
}

function tensorJobs({ source, plan }: QuantizeJob): TensorJob[] {
  return plan.tensors.map((planned, index) => {
    const tensor = source.tensors[index];
    if (tensor?.name !== planned.source.name) {
      throw new Error(`the plan is of another file: ${planned.source.name} is not tensor ${String(index)}`);
    }
    return { tensor, planned };
  });
}

function throwIfAborted({ signal, source }: QuantizeJob): void {
  if (signal?.aborted !== true) return;
  throw new QuantizeError('aborted', 'quantizing was interrupted', {
    file: source.source.name,
    advice: 'No output was written; an older output is untouched.',
  });
}

async function encodeTask(job: QuantizeJob, window: RowWindow): Promise<EncodeTask> {
  const importance = job.importance.get(window.tensor.name);
  return {
    sourceFormat: window.tensor.format,
    format: window.planned.format,
    columns: window.columns,
    rows: window.rows,
    source: await readWindow(job.source, window),
    // A copy of one row's worth: a view would carry all of the matrix to the thread.
    importance: importance && importanceOfRow(importance, window.firstRow).slice(),
  };
}

async function readWindow(source: GgufFile, window: RowWindow): Promise<Uint8Array<ArrayBuffer>> {
  const rowBytes = bytesPerRow(formats[window.tensor.format], window.columns);
  const bytes = new Uint8Array(window.rows * rowBytes);
  await source.readTensorRange(window.tensor, window.firstRow * rowBytes, bytes);
  return bytes;
}

async function writeWindow(
  job: QuantizeJob,
  window: RowWindow,
  result: EncodeResult,
  ledger: Ledger,
): Promise<void> {
  if (result.kind !== 'encoded') throw badWeight(job.source, window, result);
  await job.writer.write(result.bytes);
  ledger.record(window, result.errors);
}

function badWeight(
  source: GgufFile,
  { tensor, planned, columns, firstRow }: RowWindow,
  result: Exclude<EncodeResult, { kind: 'encoded' }>,
): QuantizeError {
  const { kind, column, value } = result;
  const row = firstRow + result.row;
  const place = `weight ${String(row * columns + column)} (row ${String(row)}, column ${String(column)})`;
  const facts = { file: source.source.name, tensor: tensor.name, found: value };
  return kind === 'not-finite'
    ? new QuantizeError(kind, `${place} is not finite`, {
        ...facts,
        allowed: 'finite weights',
        advice: 'The source model is damaged: convert or download it again.',
      })
    : new QuantizeError(kind, `${place} lies beyond the range of ${planned.format}`, {
        ...facts,
        allowed: `what ${planned.format} can hold`,
        advice: 'Choose a type of wider range for this tensor, such as bf16.',
      });
}

/** Sums over the tensors and reports each of them when its last row is written. */
class Ledger {
  readonly reports: TensorReport[] = [];
  private readonly job: QuantizeJob;
  private errors = NO_ERROR;
  private rows = 0;
  private weightsDone = 0;

  constructor(job: QuantizeJob) {
    this.job = job;
  }

  record({ planned, rows, columns }: RowWindow, errors: SquareErrorSums): void {
    const { plan, onProgress, onTensor } = this.job;
    this.rows += rows;
    this.weightsDone += rows * columns;
    this.errors = addErrors(this.errors, errors);
    const tensorIndex = this.reports.length;
    onProgress?.({
      planned,
      tensorIndex,
      tensorCount: plan.tensors.length,
      weightsTotal: plan.totals.weights,
      weightsDone: this.weightsDone,
    });
    if (this.rows * columns < planned.weights) return;
    const report = { planned, errors: planned.reason.kind === 'kept' ? undefined : this.errors };
    this.reports.push(report);
    onTensor?.(report);
    this.errors = NO_ERROR;
    this.rows = 0;
  }
}
