/** How tokens are chosen, by the names of the API. What is left out has the server's default. */
export interface Sampling {
  temperature?: number;
  top_k?: number;
  top_p?: number;
  min_p?: number;
  repeat_penalty?: number;
  seed?: number;
  max_tokens?: number;
}

/** What can be set of {@link Sampling}. */
export interface SamplingField {
  readonly name: keyof Sampling;
  readonly label: string;
  readonly about: string;
  readonly min: number;
  readonly max?: number;
  readonly step: number;
}

/** All that can be set, in the order in which it is shown. */
export const samplingFields: readonly SamplingField[] = [
  { name: 'temperature', label: 'Temperature', about: '0 takes the likeliest token', min: 0, step: 0.05 },
  { name: 'top_k', label: 'Top-k', about: 'The likeliest so many; 0 is off', min: 0, step: 1 },
  {
    name: 'top_p',
    label: 'Top-p',
    about: 'The likeliest that make up this share',
    min: 0,
    max: 1,
    step: 0.01,
  },
  { name: 'min_p', label: 'Min-p', about: 'Share of the likeliest one’s chance', min: 0, max: 1, step: 0.01 },
  { name: 'repeat_penalty', label: 'Repeat penalty', about: '1 is off', min: 0.01, step: 0.01 },
  { name: 'seed', label: 'Seed', about: 'The same numbers again', min: 0, step: 1 },
  { name: 'max_tokens', label: 'Max tokens', about: 'Of one answer', min: 1, step: 1 },
];

/** A tool, as OpenAI's API declares it. */
export interface ToolDefinition {
  readonly type: 'function';
  readonly function: { readonly name: string; readonly description?: string; readonly parameters?: object };
}

/** How the page looks: as the system does, or as it is told. */
export type Theme = 'system' | 'light' | 'dark';

/** What a user has set. */
export interface Settings {
  theme: Theme;
  apiKey: string;
  /** What new conversations begin with. */
  systemPrompt: string;
  sampling: Sampling;
  /** JSON: a list of tools, each as OpenAI's API declares it or its `function` alone. Empty for none. */
  tools: string;
}

/** As it is before anything is set. */
export function defaultSettings(): Settings {
  return { theme: 'system', apiKey: '', systemPrompt: '', sampling: {}, tools: '' };
}

/** The numbers with another one, or without it. */
export function withNumber(sampling: Sampling, name: keyof Sampling, value: number | undefined): Sampling {
  const entries = Object.entries<number | undefined>({ ...sampling, [name]: value });
  return Object.fromEntries(entries.filter(([, number]) => number !== undefined));
}

/** The tools in what a user wrote. @throws Error that says what is wrong with it. */
export function parseTools(text: string): readonly ToolDefinition[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Error(`This is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  if (!Array.isArray(value)) throw new Error('This should be a list of tools: [{"name": …}]');
  return value.map((one: unknown, index) => toolOf(one, `Tool ${index + 1}`));
}

function toolOf(value: unknown, which: string): ToolDefinition {
  if (!isObject(value)) throw new Error(`${which} should be an object.`);
  const definition = 'function' in value ? value['function'] : value;
  if (!isObject(definition)) throw new Error(`${which}: "function" should be an object.`);
  const { name, description, parameters } = definition;
  if (typeof name !== 'string' || name === '') throw new Error(`${which} has no "name".`);
  if (description !== undefined && typeof description !== 'string')
    throw new Error(`${which}: "description" should be a text.`);
  if (parameters !== undefined && !isObject(parameters))
    throw new Error(`${which}: "parameters" should be a JSON schema.`);
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
    },
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tools to try. */
export const exampleTools = JSON.stringify(
  [
    {
      name: 'get_weather',
      description: 'Get the current weather of a city.',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  ],
  undefined,
  2,
);
