/*
 * Models in several files, as llama-gguf-split makes them: each part is a whole GGUF file with some of the tensors. The first has the metadata of the model; each
 * says which part it is (`split.no`, from 0), how many there are (`split.count`), and how many tensors all of them have (`split.tensors.count`).
 * Parts are called NAME-00001-of-00003.gguf and so on. Source: examples/gguf-split of ik_llama.cpp, and llama_split_path.
 */
import { cleanUpAfterError } from '../clean-up';
import { GgufError } from '../error';
import { metadataNumber } from '../metadata/getters';
import { JoinedSource } from '../source/joined';
import type { GgufFile, GgufMetadata, GgufValue } from '../types';
import { NAMES_ARE_UNIQUE } from './advice';
import { MAX_PARTS } from './limits';
import { OpenFile } from './open';

const NUMBER_KEY = 'split.no';
const COUNT_KEY = 'split.count';
const TENSORS_KEY = 'split.tensors.count';
const KEYS: readonly string[] = [NUMBER_KEY, COUNT_KEY, TENSORS_KEY];

const PART_NAME = /^(?<model>.*)-(?<number>\d{5})-of-(?<count>\d{5})\.gguf$/s;
const TAKE_THE_FIRST =
  'Give the first part, and keep all parts in one folder under the names that they were made with.';

/** How many files the model is in, of which `file` is one. @throws GgufError `over-limit`, or `wrong-metadata-type`. */
export function partCount(file: GgufFile): number {
  const { name } = file.source;
  const count = metadataNumber(file.metadata, COUNT_KEY, name) ?? 1;
  if (count <= MAX_PARTS) return Math.max(1, count);
  throw new GgufError('over-limit', 'the model is in too many files', {
    file: name,
    found: count,
    allowed: `up to ${MAX_PARTS}`,
    advice: 'Merge them with llama-gguf-split --merge.',
  });
}

/**
 * The paths of the parts behind the first one, which is at `path`.
 *
 * @throws GgufError `wrong-part` when `path` is no name of a first part of so many.
 */
export function pathsOfOtherParts(path: string, count: number): string[] {
  const { model, number, count: named } = PART_NAME.exec(path)?.groups ?? {};
  if (model !== undefined && Number(number) === 1 && Number(named) === count)
    return Array.from({ length: count - 1 }, (_, index) => partPath(model, index + 1, count));
  throw new GgufError('wrong-part', `the file is one of ${count}, and its name is not that of the first`, {
    file: path,
    allowed: partPath('NAME', 0, count),
    advice: TAKE_THE_FIRST,
  });
}

/** The path of a part: `NAME-00001-of-00003.gguf` for part 0 of 3 of the model `NAME`. */
export function partPath(model: string, part: number, count: number): string {
  const digits = (number: number): string => String(number).padStart(5, '0');
  return `${model}-${digits(part + 1)}-of-${digits(count)}.gguf`;
}

/**
 * All parts of a model as one file, with the metadata of the first but for what tells of parts. Closing it closes them; where they do not
 * belong together they are closed before the error is thrown.
 *
 * @throws GgufError `wrong-part`, `duplicate-tensor`, or `wrong-metadata-type`.
 */
export async function joinParts(parts: readonly [GgufFile, ...GgufFile[]]): Promise<GgufFile> {
  const source = new JoinedSource(parts.map((part) => part.source));
  try {
    parts.forEach((part, index) => checkPart(part, index, parts.length));
    checkTensors(parts);
  } catch (error) {
    await cleanUpAfterError(() => source.close());
    throw error;
  }
  const [first] = parts;
  let start = 0;
  const tensors = parts.flatMap((part) => {
    const partStart = start;
    start += part.byteLength;
    return part.tensors.map((tensor) => ({ ...tensor, byteOffset: partStart + tensor.byteOffset }));
  });
  const { version, alignment, headerByteLength, dataOffset } = first;
  const metadata = new Map([...first.metadata].filter(([key]) => !KEYS.includes(key)));
  // A part may have no tensors: llama-gguf-split --no-tensor-first-split.
  const hasTensorData =
    tensors.length > 0 && parts.every((part) => part.tensors.length === 0 || part.hasTensorData);
  return new OpenFile(
    source,
    { version, alignment, headerByteLength, dataOffset, metadata, tensors },
    hasTensorData,
  );
}

/** The names of the tensors in each file of a model, in the order of the file; a single list where it is in one. */
export function tensorsOfParts({ source, tensors }: GgufFile): readonly (readonly string[])[] {
  if (source.parts === undefined) return [tensors.map(({ name }) => name)];
  return source.parts.map(({ start, byteLength }) =>
    tensors
      .filter(({ byteOffset }) => byteOffset >= start && byteOffset < start + byteLength)
      .map(({ name }) => name),
  );
}

/** The metadata of a part: the first has those of the model besides. */
export function partMetadata(
  model: GgufMetadata,
  part: number,
  count: number,
  tensors: number,
): GgufMetadata {
  return new Map<string, GgufValue>([
    ...(part === 0 ? model : []),
    [NUMBER_KEY, { type: 'uint16', value: part }],
    [COUNT_KEY, { type: 'uint16', value: count }],
    [TENSORS_KEY, { type: 'int32', value: tensors }],
  ]);
}

function checkPart(part: GgufFile, index: number, count: number): void {
  const { name } = part.source;
  const number = metadataNumber(part.metadata, NUMBER_KEY, name);
  const ofCount = metadataNumber(part.metadata, COUNT_KEY, name);
  if (number === index && ofCount === count) return;
  throw new GgufError('wrong-part', 'the file is another part than its name says', {
    file: name,
    found: `part ${number === undefined ? 'without a number' : number + 1} of ${ofCount ?? 1}`,
    allowed: `part ${index + 1} of ${count}`,
    advice: TAKE_THE_FIRST,
  });
}

/** As many tensors as the first part says, and each of them once. */
function checkTensors(parts: readonly [GgufFile, ...GgufFile[]]): void {
  const [first] = parts;
  const found = parts.reduce((sum, { tensors }) => sum + tensors.length, 0);
  const allowed = metadataNumber(first.metadata, TENSORS_KEY, first.source.name);
  if (allowed !== undefined && found !== allowed) {
    throw new GgufError('wrong-part', 'the parts have another number of tensors than the first one says', {
      file: first.source.name,
      found,
      allowed: String(allowed),
      advice:
        'One of the parts is of another model, or of another making: take all of them from one place again.',
    });
  }
  const names = new Set<string>();
  for (const { source, tensors } of parts) {
    for (const { name } of tensors) {
      if (names.has(name)) {
        throw new GgufError('duplicate-tensor', 'two parts have a tensor of this name', {
          file: source.name,
          tensor: name,
          advice: NAMES_ARE_UNIQUE,
        });
      }
      names.add(name);
    }
  }
}
