import type { Values } from '@halftone/tensor-kernels';
import type { Hyperparameters } from '../metadata/hyperparameters';
import type { LayerBuilder } from '../program/layer-builder';
import type { TensorFact } from '../weights/tensor-facts';

/** What the attention of an architecture has beside its four matrices. */
export interface AttentionTraits {
  /** Biases on queries, keys and values. `optional` looks whether the file has them. */
  readonly biases: 'none' | 'optional' | 'required';
  /** Whether each head of queries and keys is normalised before it turns. */
  readonly headNorms: boolean;
}

/** The tensors of an attention block. */
export function attentionTensors(model: Hyperparameters, traits: AttentionTraits): TensorFact[] {
  const { embeddingLength, heads, keyValueHeads, keyLength, valueLength } = model;
  const widths = { q: heads * keyLength, k: keyValueHeads * keyLength, v: keyValueHeads * valueLength };
  const isOptional = traits.biases === 'optional';
  return [
    { name: 'attn_norm.weight', use: 'vector', dimensions: [embeddingLength] },
    ...Object.entries(widths).flatMap(([name, width]): TensorFact[] => [
      { name: `attn_${name}.weight`, use: 'matrix', dimensions: [embeddingLength, width] },
      ...(traits.biases === 'none'
        ? []
        : [{ name: `attn_${name}.bias`, use: 'vector' as const, dimensions: [width], isOptional }]),
    ]),
    ...(traits.headNorms
      ? ['q', 'k'].map((name): TensorFact => ({
          name: `attn_${name}_norm.weight`,
          use: 'vector',
          dimensions: [keyLength],
        }))
      : []),
    { name: 'attn_output.weight', use: 'matrix', dimensions: [heads * valueLength, embeddingLength] },
    ...(isOptional
      ? [{ name: 'attn_output.bias', use: 'vector' as const, dimensions: [embeddingLength], isOptional }]
      : []),
  ];
}

/** Ops: the stream += attention over the normalised stream. Biases and norms of heads are used where the layer has them. */
export function buildAttention(layer: LayerBuilder): void {
  const { heads, keyValueHeads, keyLength, valueLength, embeddingLength, normEpsilon } = layer.model;
  const normed = layer.normStream('attn_norm.weight');
  const query = layer.scratch('query', heads * keyLength);
  const key = layer.scratch('key', keyValueHeads * keyLength);
  const value = layer.scratch('value', keyValueHeads * valueLength);
  layer.matmul(normed, [
    { name: 'attn_q', out: query },
    { name: 'attn_k', out: key },
    { name: 'attn_v', out: value },
  ]);
  for (const [name, data, groups] of [
    ['attn_q_norm.weight', query, heads],
    ['attn_k_norm.weight', key, keyValueHeads],
  ] as const) {
    const weights = layer.optionalVector(name);
    if (weights === undefined) continue;
    const norm = { input: data, out: data, weights, groups, width: keyLength, epsilon: normEpsilon };
    layer.add({ op: 'rmsNorm', count: 'tokens', ...norm });
  }
  const { rotation, positions, temperatures } = layer.inputs;
  layer.add({ op: 'rotate', data: query, positions, heads, rotation });
  layer.add({ op: 'rotate', data: key, positions, heads: keyValueHeads, rotation });
  if (temperatures !== undefined) {
    layer.add({ op: 'scaleRows', data: query, factors: temperatures, width: heads * keyLength });
  }
  const attended = layer.scratch('attended', heads * valueLength);
  attend(layer, { query, key, value, attended });
  const projected = layer.scratch('projected', embeddingLength);
  layer.matmul(attended, [{ name: 'attn_output', out: projected }]);
  layer.addToStream(projected);
}

function attend(
  layer: LayerBuilder,
  { query, key, value, attended }: Record<'query' | 'key' | 'value' | 'attended', Values>,
): void {
  const { heads, keyValueHeads, keyLength } = layer.model;
  const { storeCells, cells, spans } = layer.inputs;
  const { keys, values } = layer.cache;
  layer.add({ op: 'storeRows', input: key, cache: keys, cells: storeCells });
  layer.add({ op: 'storeRows', input: value, cache: values, cells: storeCells });
  const scale = 1 / Math.sqrt(keyLength);
  const cached = { keys, values, cells, spans };
  layer.add({ op: 'attention', query, ...cached, out: attended, heads, keyValueHeads, scale });
}
