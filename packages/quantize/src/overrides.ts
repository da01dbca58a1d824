import type { GgufMetadata, GgufValue } from '@halftone/gguf-io';
import { QuantizeError } from './error';

/** What the words of `--override-kv` stand for, by the names of llama-quantize. */
const KINDS = ['int', 'float', 'bool', 'str'] as const;

/** Follows from the work itself. */
const DECIDED_BY_QUANTIZING = ['general.file_type', 'general.quantization_version', 'general.alignment'];

/** The whole numbers that an integer type of 8 to 32 bits holds. */
const INTEGER_RANGES = {
  uint8: [0, 2 ** 8 - 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint16: [0, 2 ** 16 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
} as const;

/**
 * Read `KEY=TYPE:VALUE`, as `llama-quantize --override-kv` takes them; TYPE is int, float, bool or str. A key of the source keeps its type: TYPE must
 * be the kind of it, and the value must fit. A new whole number is an int32, as there.
 *
 * @param texts - later ones win
 * @param source - the metadata that are overridden
 * @throws {@link QuantizeError} `invalid-override`
 */
export function parseOverrides(texts: readonly string[], source: GgufMetadata): GgufMetadata {
  return new Map(texts.map((text) => parseOverride(text, source)));
}

function parseOverride(text: string, source: GgufMetadata): [string, GgufValue] {
  const [, key, kind, value] = /^([^=]+)=([a-z]+):(.*)$/s.exec(text) ?? [];
  if (key === undefined || kind === undefined || value === undefined || !isKind(kind))
    throw invalid('this is no override', text, `KEY=TYPE:VALUE, where TYPE is ${KINDS.join(', ')}`);
  if (DECIDED_BY_QUANTIZING.includes(key) || key.startsWith('split.') || key.startsWith('quantize.'))
    throw invalid(`${key} follows from quantizing and cannot be overridden`, text, 'another key');
  const inSource = source.get(key)?.type;
  if (inSource !== undefined && kindOf(inSource) !== kind) throw otherType(key, inSource, text);
  return [key, parseValue(kind, value, inSource, text)];
}

function isKind(word: string): word is (typeof KINDS)[number] {
  return KINDS.some((kind) => kind === word);
}

/** The word for values of a type; `undefined` for lists, which no override can give. */
function kindOf(type: GgufValue['type']): (typeof KINDS)[number] | undefined {
  if (isSmallInteger(type) || type === 'uint64' || type === 'int64') return 'int';
  if (type === 'float32' || type === 'float64') return 'float';
  if (type === 'string') return 'str';
  return type === 'bool' ? 'bool' : undefined;
}

/** Readers expect the type that a key has. */
function otherType(key: string, inSource: GgufValue['type'], text: string): QuantizeError {
  const kind = kindOf(inSource);
  return new QuantizeError('invalid-override', `${key} has another type in the file, ${inSource}`, {
    found: JSON.stringify(text),
    allowed: kind === undefined ? 'another key' : `${key}=${kind}:VALUE`,
    advice:
      kind === undefined
        ? 'Leave out the override.'
        : `Give the value as ${kind}, so that the file can be read.`,
  });
}

function parseValue(
  kind: (typeof KINDS)[number],
  value: string,
  inSource: GgufValue['type'] | undefined,
  text: string,
): GgufValue {
  switch (kind) {
    case 'int':
      return parseInteger(value, inSource, text);
    case 'float':
      if (value.trim() === '' || !Number.isFinite(Number(value)))
        throw invalid('the value is no finite number', text, 'a number such as 0.5 or 1e6');
      return { type: inSource === 'float64' ? 'float64' : 'float32', value: Number(value) };
    case 'bool':
      if (value !== 'true' && value !== 'false')
        throw invalid('the value is neither true nor false', text, 'true, false');
      return { type: 'bool', value: value === 'true' };
    case 'str':
      return { type: 'string', value };
  }
}

function parseInteger(value: string, inSource: GgufValue['type'] | undefined, text: string): GgufValue {
  if (!/^-?\d{1,19}$/.test(value))
    throw invalid('the value is no whole number', text, 'a number such as 32768');
  if (inSource === 'uint64' || inSource === 'int64') {
    const range = inSource === 'uint64' ? [0n, 2n ** 64n - 1n] : [-(2n ** 63n), 2n ** 63n - 1n];
    refuseOutside(BigInt(value), range, inSource, text);
    return { type: inSource, value: BigInt(value) };
  }
  const type = inSource !== undefined && isSmallInteger(inSource) ? inSource : 'int32';
  refuseOutside(Number(value), INTEGER_RANGES[type], type, text);
  return { type, value: Number(value) };
}

function isSmallInteger(type: GgufValue['type']): type is keyof typeof INTEGER_RANGES {
  return Object.hasOwn(INTEGER_RANGES, type);
}

function refuseOutside<Whole extends number | bigint>(
  value: Whole,
  [least, greatest]: readonly Whole[],
  type: string,
  text: string,
): void {
  if (least !== undefined && greatest !== undefined && value >= least && value <= greatest) return;
  throw invalid(`the value is no ${type}`, text, `${least ?? ''} to ${greatest ?? ''}`);
}

function invalid(what: string, found: string, allowed: string): QuantizeError {
  return new QuantizeError('invalid-override', what, {
    found: JSON.stringify(found),
    allowed,
    advice: 'Example: --override-kv llama.context_length=int:32768.',
  });
}
