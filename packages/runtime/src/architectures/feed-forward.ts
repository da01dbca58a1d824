import type { Hyperparameters } from '../metadata/hyperparameters';
import type { LayerBuilder } from '../program/layer-builder';
import type { TensorFact } from '../weights/tensor-facts';

/** The tensors of a gated feed-forward. */
export function feedForwardTensors(
  { embeddingLength, feedForwardLength }: Hyperparameters,
  { biases }: { readonly biases: 'none' | 'optional' },
): TensorFact[] {
  const matrices = [
    { name: 'ffn_gate', dimensions: [embeddingLength, feedForwardLength] },
    { name: 'ffn_up', dimensions: [embeddingLength, feedForwardLength] },
    { name: 'ffn_down', dimensions: [feedForwardLength, embeddingLength] },
  ];
  return [
    { name: 'ffn_norm.weight', use: 'vector', dimensions: [embeddingLength] },
    ...matrices.map(({ name, dimensions }): TensorFact => ({
      name: `${name}.weight`,
      use: 'matrix',
      dimensions,
    })),
    ...(biases === 'none' ? [] : matrices.map(({ name, dimensions }) => optionalBias(name, dimensions))),
  ];
}

function optionalBias(name: string, [, rows = 0]: readonly number[]): TensorFact {
  return { name: `${name}.bias`, use: 'vector', dimensions: [rows], isOptional: true };
}

/** Ops: the stream += down(silu(gate(x)) * up(x)), where x is the normalised stream (SwiGLU: Shazeer, 2020, arXiv:2002.05202). */
export function buildFeedForward(layer: LayerBuilder): void {
  const { embeddingLength, feedForwardLength } = layer.model;
  const normed = layer.normStream('ffn_norm.weight');
  const gate = layer.scratch('gate', feedForwardLength);
  const up = layer.scratch('up', feedForwardLength);
  layer.matmul(normed, [
    { name: 'ffn_gate', out: gate },
    { name: 'ffn_up', out: up },
  ]);
  layer.add({ op: 'gate', function: 'silu', gate, up, out: gate, width: feedForwardLength, perToken: 1 });
  const projected = layer.scratch('projected', embeddingLength);
  layer.matmul(gate, [{ name: 'ffn_down', out: projected }]);
  layer.addToStream(projected);
}
