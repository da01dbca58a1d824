import { ggufArray, type GgufValue } from '@halftone/gguf-io';
import { describe, expect, it } from 'vitest';
import { parseOverrides } from '@halftone/quantize';
import { outputMetadata } from '../src/output-metadata';

const source = new Map<string, GgufValue>([
  ['llama.context_length', { type: 'uint32', value: 4096 }],
  ['llama.rope.freq_base', { type: 'float32', value: 10000 }],
  ['llama.big', { type: 'uint64', value: 1n }],
  ['general.name', { type: 'string', value: 'a' }],
  ['general.flag', { type: 'bool', value: false }],
  ['general.tags', { type: 'array', value: ggufArray('string', ['a']) }],
]);

describe('parseOverrides', () => {
  it.each<[string, GgufValue]>([
    ['llama.context_length=int:32768', { type: 'uint32', value: 32768 }],
    ['llama.big=int:9007199254740993', { type: 'uint64', value: 9007199254740993n }],
    ['new.key=int:-5', { type: 'int32', value: -5 }],
    ['llama.rope.freq_base=float:1e6', { type: 'float32', value: 1e6 }],
    ['general.flag=bool:true', { type: 'bool', value: true }],
    ['new.flag=bool:true', { type: 'bool', value: true }],
    ['general.name=str:b=c:d', { type: 'string', value: 'b=c:d' }],
    ['general.name=str:', { type: 'string', value: '' }],
  ])('%s', (text, value) => {
    const [key = ''] = text.split('=');
    expect(parseOverrides([text], source)).toEqual(new Map([[key, value]]));
  });

  it.each([
    ['llama.context_length', /no override/],
    ['=int:1', /no override/],
    ['a=uint:1', /allowed KEY=TYPE:VALUE, where TYPE is int, float, bool, str/],
    ['llama.context_length=int:-1', /no uint32 .* allowed 0 to 4294967295/],
    ['new.key=int:2147483648', /no int32/],
    ['new.key=int:1.5', /no whole number/],
    ['new.key=float:many', /no finite number/],
    ['new.key=bool:yes', /neither true nor false/],
    [
      'llama.context_length=str:8',
      /llama\.context_length has another type in the file, uint32 \(found "llama\.context_length=str:8", allowed llama\.context_length=int:VALUE\)/,
    ],
    ['llama.big=float:8', /uint64 .*allowed llama\.big=int:VALUE/],
    ['llama.rope.freq_base=int:8', /float32 .*allowed llama\.rope\.freq_base=float:VALUE/],
    ['general.name=bool:true', /string .*allowed general\.name=str:VALUE/],
    ['general.flag=int:1', /bool .*allowed general\.flag=bool:VALUE/],
    ['general.tags=str:a', /array .*allowed another key/],
    ['general.file_type=int:2', /follows from quantizing/],
    ['split.count=int:2', /follows from quantizing/],
  ])('refuses %s', (text, told) => {
    expect(() => parseOverrides([text], source)).toThrow(told);
  });

  it('take the places of what they override, and stand behind the rest otherwise', () => {
    const overrides = parseOverrides(['new.key=int:1', 'llama.context_length=int:8'], source);
    const metadata = outputMetadata(source, 7, undefined, overrides);
    expect([...metadata.keys()]).toEqual([
      ...source.keys(),
      'new.key',
      'general.file_type',
      'general.quantization_version',
    ]);
    expect(metadata.get('llama.context_length')?.value).toBe(8);
  });
});
