import { relativeError, type QuantizeProgress, type TensorReport } from '@halftone/quantize';
import type { Output } from './output';
import { formatBytes, formatDimensions, formatDuration } from './units';

/** The status line changes at most this often: a terminal is slow. */
const MILLISECONDS_BETWEEN_UPDATES = 100;

/** Tells how quantizing goes on: a line per tensor, and on a terminal a status line with rate and time left. */
export class ProgressPrinter {
  private readonly output: Output;
  private readonly start = performance.now();
  private lastUpdate = -Infinity;
  private latest: QuantizeProgress | undefined;

  constructor(output: Output) {
    this.output = output;
  }

  /** Seconds since the work began. */
  get seconds(): number {
    return (performance.now() - this.start) / 1000;
  }

  /** Some more rows were written. */
  update(progress: QuantizeProgress): void {
    this.latest = progress;
    const now = performance.now();
    if (now - this.lastUpdate < MILLISECONDS_BETWEEN_UPDATES) return;
    this.lastUpdate = now;
    this.output.status(
      `${this.done()}  ${progress.planned.source.name} -> ${progress.planned.format}  ${this.rate()}`,
    );
  }

  /** A tensor is complete. */
  tensorDone({ planned, errors }: TensorReport): void {
    const { tensorIndex = 0, tensorCount = 0 } = this.latest ?? {};
    const place = `[${String(tensorIndex + 1).padStart(String(tensorCount).length)}/${tensorCount}]`;
    const shape = `${planned.source.name}  ${formatDimensions(planned.source.dimensions)}`;
    this.output.note(
      errors === undefined
        ? `${place} ${shape}  ${planned.format}, kept`
        : `${place} ${shape}  ${planned.source.format} -> ${planned.format}  ` +
            `${formatBytes(planned.sourceBytes)} -> ${formatBytes(planned.bytes)}  ` +
            `error ${relativeError(errors).toExponential(3)}  ${this.rate()}`,
    );
  }

  /** The work is over. */
  end(): void {
    this.output.clearStatus();
  }

  private done(): string {
    const { weightsDone = 0, weightsTotal = 1 } = this.latest ?? {};
    return `${((100 * weightsDone) / weightsTotal).toFixed(1).padStart(5)} %`;
  }

  private rate(): string {
    const { weightsDone = 0, weightsTotal = 0 } = this.latest ?? {};
    const perSecond = weightsDone / this.seconds;
    const left = formatDuration((weightsTotal - weightsDone) / perSecond);
    return `${(perSecond / 1e6).toFixed(2)} Mweights/s, ${left} left`;
  }
}
