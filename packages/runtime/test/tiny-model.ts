import {
  encodeGgufHeader,
  GgufWriter,
  MemorySink,
  MemorySource,
  openGguf,
  type GgufFile,
  type GgufTensorShape,
  type GgufValue,
} from '@halftone/gguf-io';

/** The shape of a model that a test makes up. */
export interface TinyShape {
  readonly architecture: string;
  readonly layers: number;
  readonly embedding: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly keyLength: number;
  readonly valueLength: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  /** Turn pairs side by side, or halves of a head. */
  readonly pairing: 'adjacent' | 'halves';
  readonly ropeBase: number;
  readonly epsilon: number;
  readonly isTied: boolean;
  readonly biases: readonly string[];
  readonly headNorms: boolean;
  readonly experts?: { readonly count: number; readonly used: number; readonly feedForward: number };
  /** Divisors of the frequencies, `rope_freqs.weight`. */
  readonly divisors?: readonly number[];
}

/** Tensors by name, as the file has them: columns fastest. */
export type TinyTensors = Map<
  string,
  { readonly dimensions: readonly number[]; readonly data: Float32Array }
>;

/** A shape with what most tests do not care about. */
export function tinyShape(shape: Partial<TinyShape> & Pick<TinyShape, 'architecture'>): TinyShape {
  return {
    layers: 2,
    embedding: 32,
    heads: 4,
    keyValueHeads: 2,
    keyLength: 8,
    valueLength: 8,
    feedForward: 24,
    vocabulary: 40,
    pairing: 'adjacent',
    ropeBase: 100,
    epsilon: 1e-5,
    isTied: false,
    biases: [],
    headNorms: false,
    ...shape,
  };
}

/** Weights of such a model, made up from a seed. Norms are near 1. */
export function tinyTensors(shape: TinyShape, seed = 1): TinyTensors {
  const random = numbers(seed);
  const tensors: TinyTensors = new Map();
  const add = (name: string, ...dimensions: number[]): void => {
    const isNorm = name.includes('norm');
    const spread = isNorm ? 0.3 : dimensions.length === 1 ? 0.5 : 2 / Math.sqrt(dimensions[0] ?? 1);
    const length = dimensions.reduce((product, one) => product * one, 1);
    const data = Float32Array.from({ length }, () => (isNorm ? 1 : 0) + spread * (2 * random() - 1));
    tensors.set(name, { dimensions, data });
  };
  const { embedding, heads, keyValueHeads, keyLength, valueLength, feedForward } = shape;
  const rows: Record<string, number> = {
    attn_q: heads * keyLength,
    attn_k: keyValueHeads * keyLength,
    attn_v: keyValueHeads * valueLength,
    attn_output: embedding,
    ffn_gate: feedForward,
    ffn_up: feedForward,
    ffn_down: embedding,
  };
  add('token_embd.weight', embedding, shape.vocabulary);
  if (shape.divisors !== undefined) {
    tensors.set('rope_freqs.weight', {
      dimensions: [keyLength / 2],
      data: Float32Array.from(shape.divisors),
    });
  }
  for (let layer = 0; layer < shape.layers; layer++) {
    const blk = `blk.${layer}.`;
    add(`${blk}attn_norm.weight`, embedding);
    add(`${blk}ffn_norm.weight`, embedding);
    for (const name of ['attn_q', 'attn_k', 'attn_v'])
      add(`${blk}${name}.weight`, embedding, rows[name] ?? 0);
    add(`${blk}attn_output.weight`, heads * valueLength, embedding);
    for (const name of shape.biases) add(`${blk}${name}.bias`, rows[name] ?? 0);
    if (shape.headNorms) for (const name of ['q', 'k']) add(`${blk}attn_${name}_norm.weight`, keyLength);
    if (shape.experts === undefined) {
      for (const name of ['ffn_gate', 'ffn_up']) add(`${blk}${name}.weight`, embedding, feedForward);
      add(`${blk}ffn_down.weight`, feedForward, embedding);
    } else {
      const { count, feedForward: width } = shape.experts;
      add(`${blk}ffn_gate_inp.weight`, embedding, count);
      for (const name of ['ffn_gate', 'ffn_up']) add(`${blk}${name}_exps.weight`, embedding, width, count);
      add(`${blk}ffn_down_exps.weight`, width, embedding, count);
    }
  }
  add('output_norm.weight', embedding);
  if (!shape.isTied) add('output.weight', embedding, shape.vocabulary);
  return tensors;
}

/** The metadata of such a model; `more` is without the architecture's prefix, and may take away what is there with `undefined`. */
export function tinyMetadata(
  shape: TinyShape,
  more: Readonly<Record<string, GgufValue | undefined>> = {},
): Map<string, GgufValue> {
  const { architecture, experts } = shape;
  const own: Record<string, GgufValue | undefined> = {
    block_count: count(shape.layers),
    context_length: count(256),
    embedding_length: count(shape.embedding),
    feed_forward_length: count(shape.feedForward),
    'attention.head_count': count(shape.heads),
    'attention.head_count_kv': count(shape.keyValueHeads),
    'attention.key_length': count(shape.keyLength),
    'attention.value_length': count(shape.valueLength),
    'attention.layer_norm_rms_epsilon': real(shape.epsilon),
    'rope.freq_base': real(shape.ropeBase),
    ...(experts === undefined
      ? {}
      : {
          expert_count: count(experts.count),
          expert_used_count: count(experts.used),
          expert_feed_forward_length: count(experts.feedForward),
        }),
    ...more,
  };
  const metadata = new Map<string, GgufValue>([
    ['general.architecture', { type: 'string', value: architecture }],
  ]);
  for (const [key, value] of Object.entries(own)) {
    if (value !== undefined) metadata.set(`${architecture}.${key}`, value);
  }
  return metadata;
}

/** A whole number of metadata. */
export function count(value: number): GgufValue {
  return { type: 'uint32', value };
}

/** A number with a fraction. */
export function real(value: number): GgufValue {
  return { type: 'float32', value };
}

/** A GGUF file in memory, all tensors in 32-bit floats. */
export async function tinyFile(metadata: Map<string, GgufValue>, tensors: TinyTensors): Promise<GgufFile> {
  const shapes = [...tensors].map(([name, { dimensions }]): GgufTensorShape => ({
    name,
    dimensions,
    format: 'f32',
  }));
  const sink = new MemorySink('tiny.gguf');
  const writer = await GgufWriter.open(sink, { version: 3, metadata, tensors: shapes });
  for (const { data } of tensors.values()) {
    await writer.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  await writer.finish();
  return openGguf(new MemorySource(sink.bytes ?? new Uint8Array(), 'tiny.gguf'));
}

/** The header of such a file alone. */
export function tinyHeader(metadata: Map<string, GgufValue>, tensors: TinyTensors): Promise<GgufFile> {
  const shapes = [...tensors].map(([name, { dimensions }]): GgufTensorShape => ({
    name,
    dimensions,
    format: 'f32',
  }));
  const bytes = encodeGgufHeader({ version: 3, metadata, tensors: shapes });
  return openGguf(new MemorySource(bytes, 'tiny.gguf'));
}

/** Numbers from 0 up to and without 1 that a seed gives again (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
