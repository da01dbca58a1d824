import {
  relativeError,
  type QuantizeProgress,
  type TensorReport,
  type UnfinishedWork,
} from '@halftone/quantize';
import type { Output } from './output';
import { Pace } from './pace';
import { formatBytes, formatDimensions, formatDuration } from './units';

/** Tells how quantizing goes on: a line per tensor, and on a terminal a status line with rate and time left. */
export class ProgressPrinter {
  readonly #output: Output;
  readonly #pace = new Pace();
  /** Weights that an earlier run has written: no part of the rate of this one. */
  #weightsBefore = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Seconds since the work began. */
  get seconds(): number {
    return this.#pace.seconds;
  }

  /** The work goes on where an earlier run ended. */
  resume({ partial, tensorsDone, tensorCount, weightsDone }: UnfinishedWork): void {
    this.#weightsBefore = weightsDone;
    this.#output.note(`goes on: ${tensorsDone} of ${tensorCount} tensors are kept from ${partial}`);
  }

  /** The work ends early. @param hint - how to go on with it; left out, nothing is told */
  unfinished({ partial, tensorsDone, tensorCount }: UnfinishedWork, hint: string | undefined): void {
    if (hint === undefined) return;
    this.#output.note(
      `${tensorsDone} of ${tensorCount} tensors are finished and kept in ${partial}: ${hint}`,
    );
  }

  /** Some more rows were written. */
  update(progress: QuantizeProgress): void {
    if (!this.#pace.isDue()) return;
    const { planned, weightsDone, weightsTotal } = progress;
    const percent = ((100 * weightsDone) / weightsTotal).toFixed(1).padStart(5);
    this.#output.status(`${percent} %  ${planned.source.name} -> ${planned.format}  ${this.#rate(progress)}`);
  }

  /** A tensor is complete. */
  tensorDone(report: TensorReport): void {
    const { planned, errors, tensorIndex, tensorCount } = report;
    const { source, format, sourceBytes, bytes } = planned;
    const place = `[${String(tensorIndex + 1).padStart(String(tensorCount).length)}/${tensorCount}]`;
    const shape = `${source.name}  ${formatDimensions(source.dimensions)}`;
    const types = `${source.format} -> ${format}`;
    const told =
      errors !== undefined
        ? `${types}  ${formatBytes(sourceBytes)} -> ${formatBytes(bytes)}  ` +
          `error ${relativeError(errors).toExponential(3)}  ${this.#rate(report)}`
        : source.format === format
          ? `${format}, kept`
          : `${types}  the same weights`;
    this.#output.note(`${place} ${shape}  ${told}`);
  }

  /** The work is over. */
  end(): void {
    this.#output.clearStatus();
  }

  #rate({ weightsDone, weightsTotal }: QuantizeProgress): string {
    const perSecond = (weightsDone - this.#weightsBefore) / this.seconds;
    const left = formatDuration((weightsTotal - weightsDone) / perSecond);
    return `${(perSecond / 1e6).toFixed(2)} Mweights/s, ${left} left`;
  }
}
