import { collectAnswer, type AnswerEvent } from '@halftone/chat';
import type { IndexedEvent, WrittenToken } from '../../engine/engine';
import { chatLogprobs, finishReason, timingsOf, usageOf, type EndEvent } from './usage';

/** What is the same in all chunks of an answer. */
export interface AnswerHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
}

/** How a client wants its chunks. */
export interface ChunkOptions {
  readonly logprobs: boolean;
  /** A chunk with the tokens that were used comes behind all others. */
  readonly usage: boolean;
  /** Name a function in every piece of its arguments: without a name, though OpenAI's API leaves it out, Mistral's client throws. */
  readonly namedPieces: boolean;
}

/** What a chunk adds to a message, as OpenAI's API writes it. */
function deltasOf(events: readonly AnswerEvent[], { namedPieces }: ChunkOptions): readonly object[] {
  const named = namedPieces ? { name: '' } : {};
  return events.flatMap((event): readonly object[] => {
    switch (event.type) {
      case 'content':
        return [{ content: event.text }];
      case 'reasoning':
        return [{ reasoning_content: event.text }];
      case 'tool-call-started': {
        const { index, id, name } = event;
        return [{ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }];
      }
      case 'tool-call-arguments':
        return [{ tool_calls: [{ index: event.index, function: { ...named, arguments: event.text } }] }];
      case 'tool-call-finished':
        return [];
    }
  });
}

/** Makes the chunks of a streamed answer. */
export class ChatChunks {
  readonly #calls = new Map<number, number>();
  readonly #ends: EndEvent[] = [];

  constructor(
    private readonly head: AnswerHead,
    private readonly options: ChunkOptions,
  ) {}

  /** The chunks that an event brings. */
  of({ index, event }: IndexedEvent): readonly object[] {
    switch (event.kind) {
      case 'started':
        return [this.#chunk(index, { role: 'assistant', content: '' })];
      case 'answer':
        return this.#answer(index, event.events, event.tokens);
      case 'end':
        this.#ends[index] = event;
        return [this.#chunk(index, {}, { finish: finishReason(event.reason, this.#calls.get(index) ?? 0) })];
    }
  }

  /** The chunk behind all others, with the tokens that were used and how fast it was, and without a choice. */
  usage(): object {
    const [end] = this.#ends;
    const timings = end === undefined ? {} : { timings: timingsOf(end) };
    return { ...this.#common(), choices: [], usage: usageOf(this.#ends), ...timings };
  }

  #answer(index: number, events: readonly AnswerEvent[], tokens: readonly WrittenToken[]): readonly object[] {
    const started = events.filter(({ type }) => type === 'tool-call-started').length;
    this.#calls.set(index, (this.#calls.get(index) ?? 0) + started);
    const deltas = deltasOf(events, this.options);
    // A token of which nothing can be shown yet has its log-probability told all the same.
    const shown = deltas.length === 0 && this.options.logprobs ? [{}] : deltas;
    return shown.map((delta, place) => this.#chunk(index, delta, { tokens: place === 0 ? tokens : [] }));
  }

  #chunk(
    index: number,
    delta: object,
    { tokens = [], finish = null }: { tokens?: readonly WrittenToken[]; finish?: string | null } = {},
  ): object {
    const logprobs = this.options.logprobs && tokens.length > 0 ? chatLogprobs(tokens) : null;
    const choice = { index, delta, logprobs, finish_reason: finish };
    return { ...this.#common(), choices: [choice], ...(this.options.usage ? { usage: null } : {}) };
  }

  #common(): object {
    const { id, created, model } = this.head;
    return { id, object: 'chat.completion.chunk', created, model, system_fingerprint: null };
  }
}

/** One choice of an answer that is sent whole. */
export function chatChoice(
  index: number,
  events: readonly AnswerEvent[],
  tokens: readonly WrittenToken[],
  { end, logprobs }: { readonly end: EndEvent; readonly logprobs: boolean },
): object {
  const { content, reasoning, calls } = collectAnswer(events);
  const message = {
    role: 'assistant',
    content: content === '' && calls.length > 0 ? null : content,
    refusal: null,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ id, name, arguments: text }) => ({
            id,
            type: 'function',
            function: { name, arguments: text },
          })),
        }),
  };
  return {
    index,
    message,
    logprobs: logprobs ? chatLogprobs(tokens) : null,
    finish_reason: finishReason(end.reason, calls.length),
  };
}
