import type { GgufValue } from '@halftone/gguf-io';
import { describe, expect, it } from 'vitest';
import { outputMetadata } from '../src/output-metadata';

const source = new Map<string, GgufValue>([
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['general.file_type', { type: 'uint32', value: 32 }],
  ['split.count', { type: 'uint16', value: 2 }],
  ['quantize.imatrix.file', { type: 'string', value: 'of an earlier quantization' }],
  ['unknown.key', { type: 'float64', value: 0.5 }],
]);

describe('outputMetadata', () => {
  it('keeps the order and unknown keys, sets the file type, drops what no longer holds', () => {
    expect([...outputMetadata(source, 148)]).toEqual([
      ['general.architecture', { type: 'string', value: 'llama' }],
      ['general.file_type', { type: 'uint32', value: 148 }],
      ['unknown.key', { type: 'float64', value: 0.5 }],
      ['general.quantization_version', { type: 'uint32', value: 2 }],
    ]);
  });

  it('leaves the file type where the tensors are copied', () => {
    expect(outputMetadata(source, undefined).get('general.file_type')?.value).toBe(32);
  });

  it('leaves what the source tells where weights stay what they were', () => {
    const metadata = outputMetadata(source, 214, 'as-in-source');
    expect([...metadata.keys()].slice(2, 4)).toEqual(['quantize.imatrix.file', 'unknown.key']);
  });

  it('tells how the file came to be', () => {
    const importance = { file: 'm.dat', sha256: 'ab', dataset: 'text.txt', entryCount: 49, chunkCount: 455 };
    const told = { tool: 'halftone 1.2.3', mixture: 'llama.cpp', recipe: 'a=q8_0\n', importance };
    const metadata = outputMetadata(source, 148, told);
    expect([...metadata].slice(4)).toEqual([
      ['quantize.tool', { type: 'string', value: 'halftone 1.2.3' }],
      ['quantize.mixture', { type: 'string', value: 'llama.cpp' }],
      ['quantize.recipe', { type: 'string', value: 'a=q8_0\n' }],
      ['quantize.imatrix.file', { type: 'string', value: 'm.dat' }],
      ['quantize.imatrix.dataset', { type: 'string', value: 'text.txt' }],
      ['quantize.imatrix.entries_count', { type: 'int32', value: 49 }],
      ['quantize.imatrix.chunks_count', { type: 'int32', value: 455 }],
      ['quantize.imatrix.sha256', { type: 'string', value: 'ab' }],
    ]);
  });
});
