import type { ExpertShape, Hyperparameters } from '../metadata/hyperparameters';
import type { LayerBuilder } from '../program/layer-builder';
import type { TensorFact } from '../weights/tensor-facts';

/** The tensors of a mixture of experts: a router, and three matrices for each expert, stored together. */
export function expertTensors({ embeddingLength }: Hyperparameters, experts: ExpertShape): TensorFact[] {
  const { count, feedForwardLength } = experts;
  const wide = [embeddingLength, feedForwardLength, count];
  return [
    { name: 'ffn_norm.weight', use: 'vector', dimensions: [embeddingLength] },
    { name: 'ffn_gate_inp.weight', use: 'matrix', dimensions: [embeddingLength, count] },
    { name: 'ffn_gate_exps.weight', use: 'matrix', dimensions: wide },
    { name: 'ffn_up_exps.weight', use: 'matrix', dimensions: wide },
    { name: 'ffn_down_exps.weight', use: 'matrix', dimensions: [feedForwardLength, embeddingLength, count] },
  ];
}

/**
 * Ops: the stream += the feed-forwards of the chosen experts, each times its share (Shazeer et al., 2017, arXiv:1701.06538; the
 * gates are those of Mixtral and Qwen3, `llm_build_moe_ffn` of ik_llama.cpp).
 */
export function buildExperts(layer: LayerBuilder, experts: ExpertShape): void {
  const { count, used, feedForwardLength: width, gating, normalize, scale } = experts;
  const { embeddingLength } = layer.model;
  const normed = layer.normStream('ffn_norm.weight');
  const logits = layer.scratch('router', count);
  layer.matmul(normed, [{ name: 'ffn_gate_inp', out: logits }]);
  const ids = layer.scratchIndices('experts', used);
  const shares = layer.scratch('shares', used);
  layer.add({ op: 'routeExperts', logits, experts: count, used, gating, normalize, scale, ids, shares });
  const gate = layer.scratch('expertGate', used * width);
  const up = layer.scratch('expertUp', used * width);
  const routed = { ids, used, experts: count };
  layer.expertMatmul({ ...routed, input: normed, inputPerExpert: false }, [
    { name: 'ffn_gate_exps', out: gate },
    { name: 'ffn_up_exps', out: up },
  ]);
  layer.add({ op: 'gate', function: 'silu', gate, up, out: gate, width, perToken: used });
  const down = layer.scratch('expertDown', used * embeddingLength);
  layer.expertMatmul({ ...routed, input: gate, inputPerExpert: true }, [
    { name: 'ffn_down_exps', out: down },
  ]);
  const projected = layer.scratch('projected', embeddingLength);
  layer.add({ op: 'combineExperts', input: down, shares, used, out: projected, width: embeddingLength });
  layer.addToStream(projected);
}
