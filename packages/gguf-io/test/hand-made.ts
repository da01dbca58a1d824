/*
 * Headers put together byte by byte, without a line of the package under test: what a writer would never write can be written here.
 */

type Bytes = readonly number[];

function littleEndian(value: bigint, byteCount: number): Bytes {
  return Array.from({ length: byteCount }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}

export const u32 = (value: number): Bytes => littleEndian(BigInt(value), 4);
export const u64 = (value: number | bigint): Bytes => littleEndian(BigInt(value), 8);
export const text = (value: string | Bytes): Bytes => {
  const bytes = typeof value === 'string' ? [...new TextEncoder().encode(value)] : value;
  return [...u64(bytes.length), ...bytes];
};

/** A metadata entry: its type's number, and its value's bytes. */
export const entry = (key: string | Bytes, typeId: number, value: Bytes): Bytes => [
  ...text(key),
  ...u32(typeId),
  ...value,
];

/** A row of the tensor table; f32 unless told. */
export function tensor(
  name: string | Bytes,
  dimensions: readonly (number | bigint)[],
  { formatId = 0, offset = 0n }: { formatId?: number; offset?: number | bigint } = {},
): Bytes {
  return [
    ...text(name),
    ...u32(dimensions.length),
    ...dimensions.flatMap(u64),
    ...u32(formatId),
    ...u64(offset),
  ];
}

interface HandMade {
  readonly magic?: string;
  readonly version?: number;
  readonly tensorCount?: number | bigint;
  readonly metadataCount?: number | bigint;
  readonly metadata?: readonly Bytes[];
  readonly tensors?: readonly Bytes[];
  /** Bytes of tensor data behind the padded header. */
  readonly dataBytes?: number;
}

/** A whole file. Counts are those of the lists unless told; without `dataBytes` it ends with its header. */
export function handMade({
  magic = 'GGUF',
  version = 3,
  metadata = [],
  tensors = [],
  ...rest
}: HandMade): Uint8Array {
  const header = [
    ...new TextEncoder().encode(magic),
    ...u32(version),
    ...u64(rest.tensorCount ?? tensors.length),
    ...u64(rest.metadataCount ?? metadata.length),
    ...metadata.flat(),
    ...tensors.flat(),
  ];
  if (rest.dataBytes === undefined) return Uint8Array.from(header);
  const file = new Uint8Array(Math.ceil(header.length / 32) * 32 + rest.dataBytes);
  file.set(header);
  return file;
}
