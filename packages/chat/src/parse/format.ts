import { DEEPSEEK_MARKS, HARMONY_MARKS, HERMES_MARKS, MISTRAL_MARKS } from './call-marks';
import { GLM_TAGS, QWEN_TAGS } from './tagged-reader';

/**
 * How a model writes calls of tools.
 *
 * - `mistral`: `[TOOL_CALLS]name[ARGS]{…}`, several in a row (Devstral, Ministral 3)
 * - `mistral-id`: `[TOOL_CALLS]name[CALL_ID]id[ARGS]{…}` (Mistral Small 3.2, Magistral)
 * - `mistral-list`: `[TOOL_CALLS][{"name": …, "arguments": {…}, "id": …}]` (Mistral Nemo and older)
 * - `hermes`: `<tool_call>{"name": …, "arguments": {…}}</tool_call>` (Hermes, Qwen)
 * - `qwen-coder`: `<tool_call><function=name><parameter=key>value</parameter></function></tool_call>` (Qwen3-Coder, Qwen 3.5)
 * - `glm`: `<tool_call>name<arg_key>key</arg_key><arg_value>value</arg_value></tool_call>` (GLM 4.5 and newer)
 * - `deepseek`: `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>name⏎`, the arguments between fences, `<｜tool▁call▁end｜>` (DeepSeek V3, R1)
 * - `deepseek-v3.1`: `<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>name<｜tool▁sep｜>{…}<｜tool▁call▁end｜>` (DeepSeek V3.1)
 * - `harmony`: `<|channel|>commentary to=functions.name <|constrain|>json<|message|>{…}<|call|>` (gpt-oss)
 * - `llama3`: `{"name": …, "parameters": {…}}` as the whole answer (Llama 3)
 * - `generic`: `{"name": …, "arguments": {…}}`, alone or in an array, for templates that show no format of their own
 */
export type ToolCallFormat =
  | 'mistral'
  | 'mistral-id'
  | 'mistral-list'
  | 'hermes'
  | 'qwen-coder'
  | 'glm'
  | 'deepseek'
  | 'deepseek-v3.1'
  | 'harmony'
  | 'llama3'
  | 'generic';

/** What stands around the reasoning before an answer. */
export interface ReasoningTags {
  readonly open: string;
  readonly close: string;
}

/** How a model answers. */
export interface AnswerFormat {
  readonly calls: ToolCallFormat;
  readonly reasoning: ReasoningTags | undefined;
}

/** From the most special to the most general: the first whose marks all stand in the template is its format. */
const callMarks: readonly (readonly [format: ToolCallFormat, marks: readonly string[]])[] = [
  ['mistral-id', [MISTRAL_MARKS.call, MISTRAL_MARKS.id]],
  ['mistral', [MISTRAL_MARKS.call, MISTRAL_MARKS.arguments]],
  ['mistral-list', [MISTRAL_MARKS.call]],
  ['qwen-coder', [HERMES_MARKS.call, QWEN_TAGS.name, QWEN_TAGS.key]],
  ['glm', [HERMES_MARKS.call, GLM_TAGS.key, GLM_TAGS.value]],
  ['hermes', [HERMES_MARKS.call]],
  ['deepseek', [DEEPSEEK_MARKS.call, '```json']],
  ['deepseek-v3.1', [DEEPSEEK_MARKS.call]],
  ['harmony', [HARMONY_MARKS.channel, HARMONY_MARKS.message]],
  ['llama3', ['<|start_header_id|>', '"parameters"']],
];

const reasoningTags: readonly ReasoningTags[] = [
  { open: '[THINK]', close: '[/THINK]' },
  { open: '<think>', close: '</think>' },
];

/** How a model with this template answers, by the marks that stand in it. (llama.cpp chooses its parsers alike.) */
export function answerFormatOf(templateSource: string): AnswerFormat {
  const has = (mark: string): boolean => templateSource.includes(mark);
  return {
    calls: callMarks.find(([, marks]) => marks.every(has))?.[0] ?? 'generic',
    reasoning: reasoningTags.find(({ close }) => has(close)),
  };
}

/** Whether a prompt ends inside the reasoning, so that the answer goes on with it and the opening tag does not come again. */
export function endsInReasoning(prompt: string, tags: ReasoningTags | undefined): boolean {
  return tags !== undefined && prompt.trimEnd().endsWith(tags.open);
}
