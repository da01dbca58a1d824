import { ggufArray, type GgufMetadata, type GgufValue } from '@halftone/gguf-io';

/** Metadata of a vocabulary: texts with kinds (llama.cpp's numbers), and whatever else is given. */
export function vocabulary(
  model: string,
  tokens: readonly (readonly [text: string, type: number])[],
  more: Readonly<Record<string, GgufValue>> = {},
): GgufMetadata {
  return new Map<string, GgufValue>([
    ['tokenizer.ggml.model', { type: 'string', value: model }],
    [
      'tokenizer.ggml.tokens',
      {
        type: 'array',
        value: ggufArray(
          'string',
          tokens.map(([text]) => text),
        ),
      },
    ],
    [
      'tokenizer.ggml.token_type',
      {
        type: 'array',
        value: ggufArray(
          'int32',
          tokens.map(([, type]) => type),
        ),
      },
    ],
    ...Object.entries(more).map(([key, value]) => [`tokenizer.ggml.${key}`, value] as const),
  ]);
}

/** An array of texts as a metadata value. */
export function texts(...values: string[]): GgufValue {
  return { type: 'array', value: ggufArray('string', values) };
}

/** An array of floats as a metadata value. */
export function floats(...values: number[]): GgufValue {
  return { type: 'array', value: ggufArray('float32', values) };
}
