import { MemorySource, metadataNumber, metadataString, openGguf } from '@halftone/gguf-io';
import type { GgufFile, GgufTensor } from '@halftone/gguf-io';
import { ByteReader } from './byte-reader';
import { ImatrixError } from './error';
import { GENERAL_TYPE, KEYS, SUFFIXES } from './gguf-form';
import { MAX_DATASETS, MAX_ENTRIES } from './limits';
import type { ImportanceEntry, ImportanceMatrix } from './types';

const MAKE_AGAIN = 'Make or copy the importance matrix again.';

/** The two tensors of an entry. */
interface Pair {
  sums?: GgufTensor;
  counts?: GgufTensor;
}

/**
 * Read an importance matrix in the GGUF form of llama.cpp.
 *
 * Stricter than llama.cpp's reader (`common/imatrix-loader.cpp`): sums and counts that are no such thing are errors, and
 * so are sums of an expert that was never hit. Tensors that are neither are told in `ignored`.
 *
 * @throws ImatrixError when the file is no importance matrix; GgufError when it is damaged.
 */
export async function readGguf(bytes: Uint8Array, source: string): Promise<ImportanceMatrix> {
  const file = await openGguf(new MemorySource(bytes, source));
  refuseOtherFile(file);
  const { pairs, ignored } = pairTensors(file);
  const entries = new Map<string, ImportanceEntry>();
  for (const [name, pair] of pairs) entries.set(name, await readEntry(file, name, pair));
  return {
    source,
    entries,
    chunkCount: readWhole(file, KEYS.chunkCount, 0),
    chunkSize: readWhole(file, KEYS.chunkSize, 1),
    datasets: readDatasets(file),
    ignored,
  };
}

function refuseOtherFile({ metadata, source }: GgufFile): void {
  const type = metadataString(metadata, KEYS.type, source.name);
  if (type === GENERAL_TYPE) return;
  throw new ImatrixError('no-importance-matrix', 'the GGUF file is no importance matrix', {
    file: source.name,
    found: type === undefined ? `no ${KEYS.type}` : `${KEYS.type} ${JSON.stringify(type)}`,
    allowed: JSON.stringify(GENERAL_TYPE),
    advice: 'Give the file that llama-imatrix wrote, not the model.',
  });
}

/** The tensors by the name of the weight that they belong to, in the order of the file. */
function pairTensors({ tensors, source }: GgufFile): { pairs: Map<string, Pair>; ignored: string[] } {
  const pairs = new Map<string, Pair>();
  const ignored: string[] = [];
  for (const tensor of tensors) {
    const part = (['sums', 'counts'] as const).find((key) => tensor.name.endsWith(SUFFIXES[key]));
    if (part === undefined) {
      ignored.push(tensor.name);
      continue;
    }
    const name = tensor.name.slice(0, -SUFFIXES[part].length);
    pairs.set(name, { ...pairs.get(name), [part]: tensor });
  }
  if (pairs.size >= 1 && pairs.size <= MAX_ENTRIES) return { pairs, ignored };
  throw new ImatrixError(
    pairs.size === 0 ? 'empty' : 'too-many-entries',
    pairs.size === 0 ? 'the file has no entries' : 'no importance matrix has so many entries',
    { file: source.name, found: pairs.size, allowed: `1 to ${MAX_ENTRIES}`, advice: MAKE_AGAIN },
  );
}

async function readEntry(file: GgufFile, name: string, pair: Pair): Promise<ImportanceEntry> {
  const sums = await readNumbers(file, name, pair, 'sums');
  const counts = Float64Array.from(await readNumbers(file, name, pair, 'counts'));
  const facts = { file: file.source.name, tensor: name, advice: MAKE_AGAIN };
  if (sums.length % counts.length !== 0) {
    throw new ImatrixError('wrong-length', 'the counts do not fit the sums', {
      ...facts,
      found: `${sums.length} sums and ${counts.length} counts`,
      allowed: 'as many columns for each count',
    });
  }
  const badCount = counts.find((count) => !Number.isSafeInteger(count) || count < 0);
  if (badCount !== undefined) {
    throw new ImatrixError('bad-count', 'a count is no number of rows', {
      ...facts,
      found: badCount,
      allowed: 'whole numbers from 0 on',
    });
  }
  const columns = sums.length / counts.length;
  const bad = sums.findIndex((sum, index) => !isSum(sum, counts[Math.floor(index / columns)] ?? 0));
  if (bad >= 0) {
    throw new ImatrixError('bad-value', `value ${bad} of the entry is no sum of squares`, {
      ...facts,
      found: `${sums[bad] ?? NaN} from ${counts[Math.floor(bad / columns)] ?? 0} rows`,
      allowed: 'finite values from 0 on, and 0 from no rows',
    });
  }
  return { name, sums, counts };
}

/** Whether a value can be the sum of the squares in `count` rows. */
function isSum(value: number, count: number): boolean {
  return value >= 0 && value < Infinity && (count > 0 || value === 0);
}

async function readNumbers(
  file: GgufFile,
  name: string,
  pair: Pair,
  part: 'sums' | 'counts',
): Promise<Float32Array> {
  const tensor = pair[part];
  const facts = { file: file.source.name, tensor: name, advice: MAKE_AGAIN };
  if (tensor === undefined) {
    throw new ImatrixError('unpaired-tensor', `the entry has no ${part}`, {
      ...facts,
      allowed: `a tensor ${JSON.stringify(name + SUFFIXES[part])}`,
    });
  }
  if (tensor.format !== 'f32') {
    throw new ImatrixError('wrong-type', `the ${part} have the wrong type`, {
      ...facts,
      found: tensor.format,
      allowed: 'f32',
    });
  }
  const bytes = await file.readTensorBytes(tensor);
  return new ByteReader(bytes, file.source.name).float32s(bytes.length / 4, `the ${part}`);
}

/** A whole number of the metadata. */
function readWhole({ metadata, source }: GgufFile, key: string, least: number): number | undefined {
  const value = metadataNumber(metadata, key, source.name);
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return value;
  throw new ImatrixError('bad-count', `${key} is out of range`, {
    file: source.name,
    found: value,
    allowed: `a whole number from ${least} on`,
    advice: MAKE_AGAIN,
  });
}

function readDatasets({ metadata, source }: GgufFile): string[] {
  const entry = metadata.get(KEYS.datasets);
  if (entry === undefined) return [];
  if (entry.type !== 'array' || entry.value.elementType !== 'string' || entry.value.length > MAX_DATASETS) {
    throw new ImatrixError('bad-name', `${KEYS.datasets} is no list of texts`, {
      file: source.name,
      found: entry.type === 'array' ? `${entry.value.length} of ${entry.value.elementType}` : entry.type,
      allowed: `an array of up to ${MAX_DATASETS} strings`,
      advice: MAKE_AGAIN,
    });
  }
  return [...entry.value];
}
