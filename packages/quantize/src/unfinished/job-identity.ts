import { createHash, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { GgufFile } from '@halftone/gguf-io';
import type { TensorImportance } from '@halftone/imatrix';
import type { Prepared } from '../prepare';

/**
 * What decides the bytes of an output: two jobs with the same identity write the same file. The number of threads and the backend are
 * no part of it.
 */
export type JobIdentity = Readonly<Record<keyof typeof identityWords, string>>;

/** What each part of an identity is to a user. */
const identityWords = {
  program: 'version of Halftone',
  source: 'source file',
  output: 'recipe, type or metadata',
  importance: 'importance matrix',
  kept: 'choice of --only, or file to keep tensors of',
};

/** Which tensors are made again decides these too: where that differs, their difference says nothing. */
const decidedByKept: ReadonlySet<string> = new Set<keyof typeof identityWords>(['output', 'importance']);

/** The packages whose code decides the bytes. */
const packages = ['quantize', 'quant-formats', 'tensor-kernels'].map((name) => `@halftone/${name}`);

const require = createRequire(import.meta.url);

/** @param header - the header of the output: names, types, sizes, metadata with the recipe. */
export async function identifyJob(
  { source, importance, kept }: Prepared,
  header: Uint8Array,
): Promise<JobIdentity> {
  return {
    program: packages.map((name) => `${name} ${versionOf(name)}`).join(', '),
    source: await identifyFile(source),
    output: sha256(header),
    importance: identifyImportance(importance?.byTensor ?? new Map()),
    kept:
      kept === undefined
        ? ''
        : `${await identifyFile(kept.file)}, ${sha256([...kept.tensors.keys()].join('\n'))}`,
  };
}

/** What two jobs do not have in common, in words. */
export function identityDifferences(one: JobIdentity, other: JobIdentity): string[] {
  const keys = Object.keys(identityWords) as (keyof JobIdentity)[];
  const isKeptAlike = one.kept === other.kept;
  return keys
    .filter((key) => one[key] !== other[key] && (isKeptAlike || !decidedByKept.has(key)))
    .map((key) => identityWords[key]);
}

/** Whether a value that was read is an identity. */
export function isJobIdentity(value: unknown): value is JobIdentity {
  if (typeof value !== 'object' || value === null) return false;
  const parts = value as Partial<Record<string, unknown>>;
  return Object.keys(identityWords).every((key) => typeof parts[key] === 'string');
}

function versionOf(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}

/** A source that does not tell its version is like no other: nothing says that its weights are still the same. */
async function identifyFile({ source, headerByteLength }: GgufFile): Promise<string> {
  const header = new Uint8Array(headerByteLength);
  await source.read(0, header);
  return `${source.version ?? `unknown version ${randomUUID()}`}, header ${sha256(header)}`;
}

function identifyImportance(byTensor: ReadonlyMap<string, TensorImportance>): string {
  const hash = createHash('sha256');
  for (const [name, { values, columns, rows }] of byTensor) {
    hash.update(JSON.stringify([name, columns, rows, values.length]));
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}
