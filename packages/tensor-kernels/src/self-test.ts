import { bytesPerRow, formatNames, formats, rowsTogether, type FormatName } from '@halftone/quant-formats';
import type { Backend } from './backend';
import { KernelError } from './error';
import { referenceBackend } from './reference';

/** Long enough for two blocks of every format, and short enough to be tried whenever a backend is opened. */
const COLUMNS = 512;
const SEED = 20_261_123;

/** Bell-shaped numbers, the same on every machine. Source of the constants: Numerical Recipes. */
function bellShaped(length: number, scale: (column: number) => number): Float32Array {
  let state = SEED;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from(
    { length },
    (_, column) => scale(column) * (random() + random() + random() + random() - 2),
  );
}

/** A row of weights, some much larger than the rest, and uneven importance. */
const weights = bellShaped(COLUMNS, (column) => (column % 97 === 0 ? 0.3 : 0.02));
const importance = bellShaped(COLUMNS, () => 1).map((value) => value * value + 0.01);

/**
 * A backend that is tried before it is used: a row of every format that it runs itself is encoded and decoded, and every byte compared
 * with the reference. Most formats are tried at once; those that make tables of points or states for it and those of interleaved rows, when they are first used.
 *
 * @throws {@link KernelError} `unavailable` when one differs: such a backend must not be used.
 */
export function testedBackend(backend: Backend): Backend {
  const own = formatNames.filter((format) => backend.runs(format) === backend.name);
  const later = new Set(own.filter(isTriedLater));
  compareWithReference(
    backend,
    own.filter((format) => !later.has(format)),
  );
  const useOf = (format: FormatName): Backend => {
    if (later.has(format)) compareWithReference(backend, [format]);
    later.delete(format);
    return backend;
  };
  return {
    ...backend,
    decodeRows: (format, ...rows) => {
      useOf(format).decodeRows(format, ...rows);
    },
    encodeRows: (format, ...rows) => {
      useOf(format).encodeRows(format, ...rows);
    },
  };
}

/** Whether encoding a row takes long the first time, or a format is rare and stands on others that are tried. */
function isTriedLater(format: FormatName): boolean {
  const { search, interleaved } = formats[format];
  return (
    interleaved !== undefined || (search?.kind === 'scale' && (search.grid ?? search.trellis) !== undefined)
  );
}

function compareWithReference(backend: Backend, names: readonly FormatName[]): void {
  const reference = referenceBackend('to compare with');
  const wrong = names.filter((format) => !sameBytes(outcome(backend, format), outcome(reference, format)));
  if (wrong.length === 0) return;
  throw new KernelError(
    'unavailable',
    `the backend ${backend.describe()}: gives other bytes than the reference for ${wrong.join(', ')}`,
    { advice: 'Please report this, with the processor and the compiler.' },
  );
}

/** The bytes that a row becomes, and the bytes of the weights that these are restored to. */
function outcome(backend: Backend, format: FormatName): Uint8Array {
  const rows = rowsTogether(formats[format]);
  const packed = new Uint8Array(rows * bytesPerRow(formats[format], COLUMNS));
  const restored = new Float32Array(rows * COLUMNS);
  if (formats[format].encodeRow !== undefined) {
    const matrix = Float32Array.from(restored, (_, i) => weights[i % COLUMNS] ?? 0);
    backend.encodeRows(format, matrix, COLUMNS, importance, packed);
  }
  backend.decodeRows(format, packed, COLUMNS, restored);
  return Uint8Array.of(...packed, ...new Uint8Array(restored.buffer));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
