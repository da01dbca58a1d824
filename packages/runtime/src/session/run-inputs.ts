import type { TemperatureShape } from '../metadata/hyperparameters';
import type { BatchPart } from './batch';

/** What one run is told, as it is written to the device. T tokens, O outputs; see `StepInputs`. */
export interface RunInputs {
  readonly tokens: Int32Array;
  readonly positions: Int32Array;
  readonly storeCells: Int32Array;
  readonly cells: Int32Array;
  readonly spans: Int32Array;
  /** (O) tokens of the run after which logits are wanted. */
  readonly rows: Int32Array;
}

/** Take the cells for the tokens of a run, and say where everything is. Each token sees what its sequence holds up to itself. */
export function runInputs(parts: readonly BatchPart[]): RunInputs {
  const total = parts.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const listed = parts.reduce((sum, { sequence, tokens }) => sum + sequence.length + tokens.length, 0);
  const tokens = new Int32Array(total);
  const positions = new Int32Array(total);
  const storeCells = new Int32Array(total);
  const cells = new Int32Array(listed);
  const spans = new Int32Array(2 * total);
  const rows: number[] = [];
  let token = 0;
  let list = 0;
  for (const part of parts) {
    const before = part.sequence.length;
    const count = part.tokens.length;
    part.sequence.grow(count);
    tokens.set(part.tokens, token);
    positions.set(part.sequence.positions.subarray(before), token);
    storeCells.set(part.sequence.cells.subarray(before), token);
    cells.set(part.sequence.cells, list);
    for (let place = 0; place < count; place++) {
      spans[2 * (token + place)] = list;
      spans[2 * (token + place) + 1] = before + place + 1;
    }
    for (const place of part.wanted) rows.push(token + place);
    token += count;
    list += part.sequence.length;
  }
  return { tokens, positions, storeCells, cells, spans, rows: Int32Array.from(rows) };
}

/** The factors on queries of each token: (T). */
export function temperatureFactors(positions: Int32Array, { scale, length }: TemperatureShape): Float32Array {
  return Float32Array.from(positions, (position) => 1 + scale * Math.log(1 + Math.floor(position / length)));
}
