import type { GgufArray, GgufMetadata, GgufValue } from '@halftone/gguf-io';

/** Longer text is cut on a line of `inspect`; `--json` has it whole. */
const SHOWN_CHARACTERS = 100;
/** Elements of an array shown on a line of `inspect`; a vocabulary has a hundred thousand. */
const SHOWN_ELEMENTS = 6;

/** Metadata as lines `key  type  value`, in the order of the file, with long values cut. */
export function metadataRows(metadata: GgufMetadata): string[][] {
  return [...metadata].map(([key, value]) => [key, formatType(value), formatValue(value)]);
}

/** Metadata as plain data, arrays whole unless they are longer than `longest`. */
export function metadataJson(metadata: GgufMetadata, longest: number): Record<string, unknown> {
  return Object.fromEntries([...metadata].map(([key, value]) => [key, toJson(value, longest)]));
}

function formatType(value: GgufValue): string {
  return value.type === 'array' ? `${value.value.elementType}[${String(value.value.length)}]` : value.type;
}

function formatValue(value: GgufValue): string {
  if (value.type === 'string') return cut(JSON.stringify(value.value));
  if (value.type !== 'array') return String(value.value);
  const shown = firstElements(value.value, SHOWN_ELEMENTS).map((element) =>
    typeof element === 'string' ? JSON.stringify(element) : String(element),
  );
  const more = value.value.length > SHOWN_ELEMENTS ? ', …' : '';
  return cut(`[${shown.join(', ')}${more}]`);
}

function toJson(value: GgufValue, longest: number): unknown {
  return value.type === 'array' ? arrayJson(value.value, longest) : scalarJson(value.value);
}

/** JSON has no large whole numbers, no NaN and no infinity: they are told as text. */
function scalarJson(value: string | number | bigint | boolean): unknown {
  const isJson = typeof value !== 'bigint' && !(typeof value === 'number' && !Number.isFinite(value));
  return isJson ? value : String(value);
}

function arrayJson(array: GgufArray, longest: number): unknown {
  const elements = firstElements(array, longest).map(scalarJson);
  return array.length <= longest
    ? elements
    : { type: array.elementType, length: array.length, first: elements };
}

/** The first elements of an array; arrays in arrays are told as their type and length. */
function firstElements(array: GgufArray, count: number): (string | number | bigint | boolean)[] {
  const elements: (string | number | bigint | boolean)[] = [];
  for (let index = 0; index < Math.min(count, array.length); index++) {
    const element = array.at(index);
    if (element === undefined) break;
    elements.push(
      typeof element === 'object' ? `${element.elementType}[${String(element.length)}]` : element,
    );
  }
  return elements;
}

function cut(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
