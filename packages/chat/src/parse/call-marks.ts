/** The texts around calls in the formats of Mistral's models. */
export const MISTRAL_MARKS = { call: '[TOOL_CALLS]', id: '[CALL_ID]', arguments: '[ARGS]' } as const;

/** The texts around a call in the formats of Hermes, Qwen and GLM. */
export const HERMES_MARKS = { call: '<tool_call>', end: '</tool_call>' } as const;

/** What Llama 3 writes before a call now and then. */
export const PYTHON_MARK = '<|python_tag|>';

/** The texts around calls in the formats of DeepSeek's models. */
export const DEEPSEEK_MARKS = {
  /** What opens all calls of an answer. */
  calls: '<｜tool▁calls▁begin｜>',
  call: '<｜tool▁call▁begin｜>',
  separator: '<｜tool▁sep｜>',
  callEnd: '<｜tool▁call▁end｜>',
  callsEnd: '<｜tool▁calls▁end｜>',
} as const;

/** The texts around messages of gpt-oss, of which calls are some. (OpenAI, harmony) */
export const HARMONY_MARKS = {
  start: '<|start|>',
  channel: '<|channel|>',
  constrain: '<|constrain|>',
  message: '<|message|>',
  /** What ends a call. */
  callEnd: '<|call|>',
} as const;

/** What ends a message of gpt-oss: another begins, or the model waits. */
export const HARMONY_ENDS: readonly string[] = [
  ...['<|end|>', HARMONY_MARKS.callEnd, '<|return|>'],
  ...[HARMONY_MARKS.start, HARMONY_MARKS.channel, HARMONY_MARKS.message],
];
