import { CallListReader } from './call-list';
import { DEEPSEEK_MARKS, HERMES_MARKS, MISTRAL_MARKS, PYTHON_MARK } from './call-marks';
import { CallObjectReader, type CallObjectOptions } from './call-object';
import type { ToolDefinition } from '../messages';
import type { CallReader, CallSink } from './call-reader';
import { DeepSeekReader } from './deepseek-reader';
import type { ToolCallFormat } from './format';
import { HermesReader } from './hermes-reader';
import { MistralReader } from './mistral-reader';
import { GLM_TAGS, QWEN_TAGS, TaggedReader } from './tagged-reader';

/** What opens calls in a format. */
export interface Openers {
  /** Marks, wherever they stand in the content, and what reads behind them. */
  readonly marks: ReadonlyMap<string, (sink: CallSink, tools: readonly ToolDefinition[]) => CallReader>;
  /** What opens a call without a mark, where the content begins, and what reads from there. */
  readonly bare: ReadonlyMap<string, (sink: CallSink, names: ReadonlySet<string> | undefined) => CallReader>;
}

const marked: CallObjectOptions = { stop: '', strict: undefined };

type Marked = readonly [mark: string, make: (sink: CallSink, tools: readonly ToolDefinition[]) => CallReader];
const mistral: Marked = [MISTRAL_MARKS.call, (sink) => new MistralReader(sink)];
const hermes: Marked = [HERMES_MARKS.call, (sink) => new HermesReader(sink)];
const python: Marked = [PYTHON_MARK, (sink) => new CallObjectReader(sink, marked)];
const qwen: Marked = [HERMES_MARKS.call, (sink, tools) => new TaggedReader(sink, QWEN_TAGS, tools)];
/** Models leave the mark out now and then. */
const qwenName: Marked = [QWEN_TAGS.name, (sink, tools) => new TaggedReader(sink, QWEN_TAGS, tools, true)];
const glm: Marked = [HERMES_MARKS.call, (sink, tools) => new TaggedReader(sink, GLM_TAGS, tools)];
const deepSeek: readonly Marked[] = [
  [DEEPSEEK_MARKS.calls, (sink) => new DeepSeekReader(sink, false)],
  [DEEPSEEK_MARKS.call, (sink) => new DeepSeekReader(sink, true)],
];

type Bare = Openers['bare'] extends ReadonlyMap<string, infer Make> ? Make : never;
const object: Bare = (sink, names) => new CallObjectReader(sink, { stop: '', strict: { names } });
const list: Bare = (sink, names) => new CallListReader(sink, { stop: '', strict: { names } });

const mistralOpeners: Openers = { marks: new Map([mistral]), bare: new Map() };

/** By format. The three of Mistral are told apart by what they hold, so that a model that mixes them is understood. */
export const openers: Readonly<Record<ToolCallFormat, Openers>> = {
  mistral: mistralOpeners,
  'mistral-id': mistralOpeners,
  'mistral-list': mistralOpeners,
  hermes: { marks: new Map([hermes]), bare: new Map() },
  'qwen-coder': { marks: new Map([qwen, qwenName]), bare: new Map() },
  glm: { marks: new Map([glm]), bare: new Map() },
  deepseek: { marks: new Map(deepSeek), bare: new Map() },
  'deepseek-v3.1': { marks: new Map(deepSeek), bare: new Map() },
  // Its messages have heads, which tell more than where a call begins.
  harmony: { marks: new Map(), bare: new Map() },
  llama3: { marks: new Map([python]), bare: new Map([['{', object]]) },
  generic: {
    marks: new Map([mistral, hermes, python]),
    bare: new Map([
      ['{', object],
      ['[', list],
    ]),
  },
};
