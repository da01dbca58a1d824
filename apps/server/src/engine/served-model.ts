import path from 'node:path';
import type { ChatPrompter } from '@halftone/conversation';
import type { Model, Pooling } from '@halftone/runtime';
import type { ServedModel } from './engine';

/** What is known of a model that is served. @param file - path of its file */
export function servedModel(
  file: string,
  model: Model,
  rest: {
    readonly slots: number;
    readonly contextLength: number;
    readonly pooling: Pooling;
    readonly prompter: ChatPrompter;
  },
): ServedModel {
  const { tokenizer, plan, hyperparameters, device } = model;
  const textOf = (id: number | undefined): string => (id === undefined ? '' : tokenizer.text(id));
  return {
    name: path.basename(file),
    architecture: plan.architecture.name,
    parameters: plan.tensors.reduce((sum, { tensor }) => sum + elements(tensor.dimensions), 0),
    size: plan.tensors.reduce((sum, { tensor }) => sum + tensor.byteLength, 0),
    vocabulary: model.vocabulary,
    embeddingLength: hyperparameters.embeddingLength,
    pooling: rest.pooling,
    contextLength: rest.contextLength,
    trainedContextLength: hyperparameters.contextLength,
    slots: rest.slots,
    backend: device.name,
    chatTemplate: rest.prompter.hasTemplate ? rest.prompter.template().source : undefined,
    beginningText: textOf(tokenizer.beginning),
    endText: textOf(tokenizer.end),
    endTokens: [...tokenizer.endOfGeneration],
  };
}

function elements(dimensions: readonly number[]): number {
  return dimensions.reduce((product, length) => product * length, 1);
}
