import {
  isJsonObject,
  isToolDefinition,
  type ChatMessage,
  type JsonObject,
  type ToolDefinition,
} from '@halftone/chat';
import { EvaluateError } from '../error';

/** A call that is expected, or that a model made. */
export interface ScoredCall {
  readonly name: string;
  readonly arguments: JsonObject;
}

/** A conversation that should be answered with calls of tools. */
export interface ToolTask {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ToolDefinition[];
  /** The calls, in their order. */
  readonly expected: readonly ScoredCall[];
}

/**
 * Read tasks from lines of JSON: `messages` and `tools` in the form of OpenAI's API, and `expected`, a list of calls with `name` and
 * `arguments`. What else stands in messages and tools, the chat template is asked about.
 *
 * @param file - the name of the file, for messages.
 * @throws {@link EvaluateError} `bad-task` for a line that is no task.
 */
export function readToolTasks(text: string, file: string): ToolTask[] {
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const tasks = lines
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => readTask(line, { file, line: number }));
  if (tasks.length > 0) return tasks;
  throw new EvaluateError('bad-task', 'there are no tasks', {
    file,
    allowed: 'a line of JSON for each task',
  });
}

function readTask(text: string, place: { readonly file: string; readonly line: number }): ToolTask {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new EvaluateError('bad-task', 'the line is no JSON', { ...place, cause });
  }
  if (isTask(value)) return value;
  throw new EvaluateError('bad-task', 'the line is no task', {
    ...place,
    allowed: '{"messages": […], "tools": […], "expected": [{"name": …, "arguments": {…}}, …]}',
  });
}

function isTask(value: unknown): value is ToolTask {
  if (!isJsonObject(value)) return false;
  const { messages, tools, expected } = value;
  const isMessages = Array.isArray(messages) && messages.every((one) => isJsonObject(one) && 'role' in one);
  const isTools = Array.isArray(tools) && tools.every(isToolDefinition);
  return isMessages && isTools && Array.isArray(expected) && expected.every(isCall);
}

function isCall(value: unknown): boolean {
  return isJsonObject(value) && typeof value['name'] === 'string' && isJsonObject(value['arguments']);
}
