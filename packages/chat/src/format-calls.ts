import { parseObject } from './json';
import type { ToolCallFormat } from './parse/format';
import { GLM_TAGS, QWEN_TAGS, type CallTags } from './parse/tagged-reader';

/** A call to be written. */
export interface WrittenCall {
  /** Needed by the formats that write ids (`mistral-id`, `mistral-list`). */
  readonly id?: string | undefined;
  readonly name: string;
  /** A JSON object as text. */
  readonly arguments: string;
}

const writers: Readonly<Record<ToolCallFormat, (calls: readonly WrittenCall[]) => string>> = {
  mistral: (calls) => calls.map((call) => `[TOOL_CALLS]${call.name}[ARGS]${call.arguments}`).join(''),
  'mistral-id': (calls) =>
    calls.map((call) => `[TOOL_CALLS]${call.name}[CALL_ID]${call.id ?? ''}[ARGS]${call.arguments}`).join(''),
  'mistral-list': (calls) => `[TOOL_CALLS][${calls.map(withId).join(', ')}]`,
  hermes: (calls) =>
    calls.map((call) => `<tool_call>\n${object(call, 'arguments')}\n</tool_call>`).join('\n'),
  'qwen-coder': (calls) =>
    calls
      .map(
        (call) => `<tool_call>\n<function=${call.name}>\n${tagged(call, QWEN_TAGS)}</function>\n</tool_call>`,
      )
      .join('\n'),
  glm: (calls) =>
    calls.map((call) => `<tool_call>${call.name}\n${tagged(call, GLM_TAGS)}</tool_call>`).join('\n'),
  deepseek: (calls) =>
    deepSeek(
      calls,
      ({ name, arguments: text }) => `function<｜tool▁sep｜>${name}\n\`\`\`json\n${text}\n\`\`\``,
    ),
  'deepseek-v3.1': (calls) => deepSeek(calls, ({ name, arguments: text }) => `${name}<｜tool▁sep｜>${text}`),
  harmony: (calls) =>
    calls
      .map(
        ({ name, arguments: text }) =>
          `<|channel|>commentary to=functions.${name} <|constrain|>json<|message|>${text}<|call|>`,
      )
      .join('<|start|>assistant'),
  llama3: (calls) => calls.map((call) => object(call, 'parameters')).join('; '),
  generic: (calls) => {
    const objects = calls.map((call) => object(call, 'arguments'));
    return objects.length === 1 ? objects.join('') : `[${objects.join(', ')}]`;
  },
};

/**
 * Write calls of tools as a model with this format does: for calibration texts, for examples, to begin an answer with a call.
 * Arguments that are no JSON object are written as they are.
 */
export function formatToolCalls(calls: readonly WrittenCall[], format: ToolCallFormat): string {
  return calls.length === 0 ? '' : writers[format](calls);
}

function deepSeek(calls: readonly WrittenCall[], write: (call: WrittenCall) => string): string {
  const written = calls.map((call) => `<｜tool▁call▁begin｜>${write(call)}<｜tool▁call▁end｜>`);
  return `<｜tool▁calls▁begin｜>${written.join('\n')}<｜tool▁calls▁end｜>`;
}

function object({ name, arguments: text }: WrittenCall, key: 'arguments' | 'parameters'): string {
  const value = parseObject(text) === undefined ? JSON.stringify(text) : text;
  return `{"name": ${JSON.stringify(name)}, "${key}": ${value}}`;
}

/** Arguments between tags. What is no object has no keys, and is left out. */
function tagged({ arguments: text }: WrittenCall, tags: CallTags): string {
  const line = tags.hasLines ? '\n' : '';
  const between = tags.value === '' ? '' : `\n${tags.value}`;
  return Object.entries(parseObject(text) ?? {})
    .map(([key, value]) => {
      const written = typeof value === 'string' ? value : JSON.stringify(value);
      return `${tags.key}${key}${tags.keyEnd}${between}${line}${written}${line}${tags.valueEnd}\n`;
    })
    .join('');
}

function withId(call: WrittenCall): string {
  const written = object(call, 'arguments');
  return call.id === undefined ? written : `${written.slice(0, -1)}, "id": ${JSON.stringify(call.id)}}`;
}
