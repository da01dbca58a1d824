import type { DoorContext, Doors } from '../context';

function details({ engine }: Doors): object {
  const { architecture, parameters } = engine.model;
  return {
    parent_model: '',
    format: 'gguf',
    family: architecture,
    families: [architecture],
    parameter_size: `${(parameters / 1e9).toFixed(1)}B`,
    quantization_level: 'unknown',
  };
}

/** `GET /api/tags` */
export function ollamaTags(doors: Doors, context: DoorContext): Response {
  const { name, size } = doors.engine.model;
  const modified = new Date(doors.created * 1000).toISOString();
  return context.json({
    models: [{ name, model: name, modified_at: modified, size, digest: '', details: details(doors) }],
  });
}

/** `POST /api/show` */
export function ollamaShow(doors: Doors, context: DoorContext): Response {
  const { model } = doors.engine;
  return context.json({
    modelfile: '',
    parameters: '',
    template: model.chatTemplate ?? '',
    details: details(doors),
    model_info: {
      'general.architecture': model.architecture,
      'general.parameter_count': model.parameters,
      [`${model.architecture}.context_length`]: model.trainedContextLength,
    },
    capabilities: ['completion', ...(model.chatTemplate?.includes('tools') === true ? ['tools'] : [])],
  });
}

/** `GET /api/version`: the version of Ollama whose API this is. */
export function ollamaVersion(_: Doors, context: DoorContext): Response {
  return context.json({ version: '0.6.4' });
}
