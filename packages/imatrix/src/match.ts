import { ImatrixError } from './error';
import { meanSquares, unhitExperts } from './mean-squares';
import { standInNames } from './stand-in';
import type { ImportanceEntry, ImportanceMatrix } from './types';

/** A tensor of the model that is to be quantized. */
export interface MatchTensor {
  readonly name: string;
  /** Fastest dimension first: columns, rows, then experts; more dimensions than three count as experts too. */
  readonly dimensions: readonly number[];
  /** Whether the tensor will be quantized; one that is copied needs no importance and is never reported. */
  readonly quantized: boolean;
}

/** The importance of the columns of one tensor. */
export interface TensorImportance {
  /** One run of `columns` values for each expert; a plain matrix counts as one expert. */
  readonly values: Float32Array;
  readonly columns: number;
  /** Rows of one expert. */
  readonly rows: number;
}

/** A tensor to be quantized that gets no importance. */
export interface MissingImportance {
  readonly tensor: string;
  /** True for the token embedding and the output matrix, which most importance matrices leave out. */
  readonly expected: boolean;
  readonly why: string;
}

/** What an importance matrix has to say about the tensors of a model. */
export interface ImportanceMatch {
  /** By the name of the tensor; only tensors to be quantized are in it. */
  readonly byTensor: ReadonlyMap<string, TensorImportance>;
  readonly missing: readonly MissingImportance[];
  /** Tensors that took the entry of another tensor, which sees the same activations. */
  readonly borrowed: readonly { readonly tensor: string; readonly entry: string }[];
  /** Tensors and the experts in them that calibration never reached, and whose importance is a guess: see `meanSquares`. */
  readonly guessed: readonly { readonly tensor: string; readonly experts: readonly number[] }[];
  /** Tensors and the experts in them whose importance is zero in every column. */
  readonly allZero: readonly { readonly tensor: string; readonly experts: readonly number[] }[];
  /** Entries that no tensor of the model took. */
  readonly unused: readonly string[];
}

const OUTSIDE_THE_LAYERS = new Set(['token_embd.weight', 'output.weight', 'per_layer_token_embd.weight']);

/**
 * Give each tensor to be quantized its importance, and report whatever does not fit.
 *
 * An entry is looked up by the tensor's name, then by the names that may stand in for it (`ffn_up` for `ffn_gate`).
 *
 * @param matrix - the importance matrix
 * @param tensors - all tensors of the model
 * @throws ImatrixError `other-model` when no tensor finds an entry, or some tensors find none while some entries are left over, `wrong-length` when an entry does not have one value
 * for each column of each expert. The entry of the token embedding alone may differ, as ik_llama.cpp allows it: it is
 * reported as missing.
 */
export function matchImportance(matrix: ImportanceMatrix, tensors: readonly MatchTensor[]): ImportanceMatch {
  const byTensor = new Map<string, TensorImportance>();
  const missing: MissingImportance[] = [];
  const borrowed: { tensor: string; entry: string }[] = [];
  const guessed: { tensor: string; experts: readonly number[] }[] = [];
  const allZero: { tensor: string; experts: readonly number[] }[] = [];
  const unused = new Set(matrix.entries.keys());
  for (const tensor of tensors) {
    const entry = findEntry(matrix, tensor.name);
    if (entry !== undefined) unused.delete(entry.name);
    if (!tensor.quantized) continue;
    if (entry === undefined) {
      missing.push({ ...missingTensor(tensor.name), why: 'the importance matrix has no entry for it' });
      continue;
    }
    const unhit = unhitExperts(entry);
    if (unhit.length === entry.counts.length) {
      missing.push({ ...missingTensor(tensor.name), why: 'the calibration text never reached it' });
      continue;
    }
    const importance = importanceOf(tensor, entry, matrix.source);
    if (importance === undefined) {
      missing.push({
        ...missingTensor(tensor.name),
        why: 'its entry has another length than it has columns',
      });
      continue;
    }
    byTensor.set(tensor.name, importance);
    if (entry.name !== tensor.name) borrowed.push({ tensor: tensor.name, entry: entry.name });
    if (unhit.length > 0) guessed.push({ tensor: tensor.name, experts: unhit });
    const experts = zeroExperts(importance);
    if (experts.length > 0) allZero.push({ tensor: tensor.name, experts });
  }
  const unexpected = missing.filter(({ expected }) => !expected);
  // Tensors without an entry, or entries without a tensor, happen to the right matrix; both together are another model's.
  if (unused.size === matrix.entries.size || (unused.size > 0 && unexpected.length > 0)) {
    throw otherModel(matrix, unused, unexpected[0]?.tensor ?? tensors[0]?.name ?? '');
  }
  return { byTensor, missing, borrowed, guessed, allZero, unused: [...unused] };
}

/**
 * The importance of the columns of one row: a view of `columns` values, not a copy.
 *
 * @param importance - the importance of the tensor
 * @param row - the row, counted over all experts: expert `e` has the rows from `e * rows` on
 */
export function importanceOfRow({ values, columns, rows }: TensorImportance, row: number): Float32Array {
  const start = Math.floor(row / rows) * columns;
  return values.subarray(start, start + columns);
}

function findEntry(matrix: ImportanceMatrix, name: string): ImportanceEntry | undefined {
  for (const candidate of [name, ...standInNames(name)]) {
    const entry = matrix.entries.get(candidate);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

function missingTensor(tensor: string): Pick<MissingImportance, 'tensor' | 'expected'> {
  return { tensor, expected: OUTSIDE_THE_LAYERS.has(tensor) };
}

/** `undefined` where an entry of another length is no error. */
function importanceOf(
  tensor: MatchTensor,
  entry: ImportanceEntry,
  file: string,
): TensorImportance | undefined {
  const [columns = 0, rows = 1, ...outer] = tensor.dimensions;
  const experts = outer.reduce((product, length) => product * length, 1);
  if (entry.sums.length === columns * experts) return { values: meanSquares(entry), columns, rows };
  if (tensor.name === 'token_embd.weight') return undefined;
  throw new ImatrixError('wrong-length', `the entry ${JSON.stringify(entry.name)} does not fit the tensor`, {
    file,
    tensor: tensor.name,
    found: `${entry.sums.length} values`,
    allowed: `${columns * experts}: ${columns} columns${experts === 1 ? '' : ` for each of ${experts} experts`}`,
    advice: 'The importance matrix was made with another model: make one with this model.',
  });
}

function zeroExperts({ values, columns }: TensorImportance): number[] {
  const experts: number[] = [];
  for (let start = 0; start < values.length; start += columns) {
    if (values.subarray(start, start + columns).every((value) => value === 0)) experts.push(start / columns);
  }
  return experts;
}

function otherModel(matrix: ImportanceMatrix, unused: ReadonlySet<string>, tensor: string): ImatrixError {
  const [entry = ''] = unused;
  return new ImatrixError('other-model', 'the importance matrix is of another model', {
    file: matrix.source,
    found: `${unused.size} of ${matrix.entries.size} entries that no tensor has the name of, such as ${JSON.stringify(entry)}`,
    allowed: `an entry for each tensor, such as ${JSON.stringify(tensor)}`,
    advice: 'Make an importance matrix with this model.',
  });
}
