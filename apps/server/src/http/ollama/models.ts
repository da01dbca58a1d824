import type { DoorContext, Doors } from '../context';

function details({ engine }: Doors): object {
  const { architecture, parameters } = engine.model;
  return {
    parent_model: '',
    format: 'gguf',
    family: architecture,
    families: [architecture],
    parameter_size:
      parameters < 1e9 ? `${(parameters / 1e6).toFixed(1)}M` : `${(parameters / 1e9).toFixed(1)}B`,
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

/** When a model is unloaded that never is: the last second of four digits. */
const NEVER = '9999-12-31T23:59:59Z';

/** `GET /api/ps`: the model is always there. */
export function ollamaRunning(doors: Doors, context: DoorContext): Response {
  const { name, size, contextLength } = doors.engine.model;
  const running = {
    ...{ name, model: name, size, digest: '', details: details(doors) },
    ...{ expires_at: NEVER, size_vram: 0, context_length: contextLength },
  };
  return context.json({ models: [running] });
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
