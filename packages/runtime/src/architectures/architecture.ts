import type { Hyperparameters } from '../metadata/hyperparameters';
import type { ModelKeys } from '../metadata/model-keys';
import type { LayerBuilder } from '../program/layer-builder';
import type { TensorFact } from '../weights/tensor-facts';

/** All that is known of one architecture: one file each, made of shared pieces. */
export interface Architecture {
  /** `general.architecture` of the file. */
  readonly name: string;
  /** Read and check what the metadata say. */
  hyperparameters(keys: ModelKeys): Hyperparameters;
  /** The tensors of a layer, by their names within it: `attn_q.weight` for `blk.0.attn_q.weight`. */
  layerTensors(model: Hyperparameters): readonly TensorFact[];
  /** Append the ops of one layer. */
  buildLayer(layer: LayerBuilder): void;
}
