/** What a model's answer turns out to be, piece by piece. */
export type AnswerEvent =
  | { readonly type: 'content'; readonly text: string }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'tool-call-started'; readonly index: number; readonly id: string; readonly name: string }
  | { readonly type: 'tool-call-arguments'; readonly index: number; readonly text: string }
  | {
      readonly type: 'tool-call-finished';
      readonly index: number;
      /** Whether the arguments are a JSON object; false when the model was cut off or wrote something else. */
      readonly complete: boolean;
    };

/** A call of a tool that a model made. */
export interface AnswerCall {
  readonly id: string;
  readonly name: string;
  /** As the model wrote them: a JSON object if `complete`, else whatever there is of one. */
  readonly arguments: string;
  readonly complete: boolean;
}

/** A whole answer. */
export interface Answer {
  readonly content: string;
  readonly reasoning: string;
  readonly calls: readonly AnswerCall[];
}

/** Put the events of one answer together. */
export function collectAnswer(events: Iterable<AnswerEvent>): Answer {
  let content = '';
  let reasoning = '';
  const calls: { -readonly [Key in keyof AnswerCall]: AnswerCall[Key] }[] = [];
  for (const event of events) {
    if (event.type === 'content') content += event.text;
    else if (event.type === 'reasoning') reasoning += event.text;
    else if (event.type === 'tool-call-started') {
      calls.push({ id: event.id, name: event.name, arguments: '', complete: false });
    } else {
      const call = calls[event.index];
      if (call === undefined) continue;
      if (event.type === 'tool-call-arguments') call.arguments += event.text;
      else call.complete = event.complete;
    }
  }
  return { content, reasoning, calls };
}
