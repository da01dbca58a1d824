import type { IndexedEvent } from '../../engine/engine';
import { AnswerBlocks, type AnswerBlock, type BlockEvent } from '../answer-blocks';
import { randomId } from '../openai/ids';
import type { EndEvent } from '../openai/usage';
import type { ResponsesBody } from './schema';

/** An event of the Responses API. */
interface ResponseEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

type Status = 'in_progress' | 'completed' | 'incomplete';

/** Makes the events of a response, and the response itself. */
export class ResponseEvents {
  readonly #blocks = new AnswerBlocks();
  readonly #ids: string[] = [];
  readonly #head: object;
  #sequence = 0;

  constructor(body: ResponsesBody, model: string) {
    this.#head = {
      id: randomId('resp_'),
      object: 'response',
      created_at: Math.floor(Date.now() / 1000),
      model,
      error: null,
      instructions: body.instructions ?? null,
      metadata: {},
      parallel_tool_calls: true,
      temperature: body.temperature ?? null,
      top_p: body.top_p ?? null,
      tool_choice: body.tool_choice ?? 'auto',
      tools: body.tools ?? [],
      previous_response_id: null,
      max_output_tokens: body.max_output_tokens ?? null,
    };
  }

  /** The events that one of the model brings. */
  of({ event }: IndexedEvent): readonly ResponseEvent[] {
    switch (event.kind) {
      case 'started': {
        const response = this.response('in_progress');
        return this.#numbered([
          { type: 'response.created', response },
          { type: 'response.in_progress', response },
        ]);
      }
      case 'answer':
        return this.#numbered(this.#blocks.push(event.events).flatMap((one) => this.#blockEvents(one)));
      case 'end': {
        const closed = this.#blocks.finish().flatMap((one) => this.#blockEvents(one));
        const response = this.finished(event);
        const type = isWhole(event) ? 'response.completed' : 'response.incomplete';
        return this.#numbered([...closed, { type, response }]);
      }
    }
  }

  /** The response at its end. */
  finished(end: EndEvent): object {
    const { promptTokens: read, cachedTokens: cached, writtenTokens: written } = end.usage;
    return {
      ...this.response(isWhole(end) ? 'completed' : 'incomplete'),
      incomplete_details: isWhole(end) ? null : { reason: 'max_output_tokens' },
      usage: {
        input_tokens: read,
        input_tokens_details: { cached_tokens: cached },
        output_tokens: written,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: read + written,
      },
    };
  }

  response(status: Status): object {
    const output =
      status === 'in_progress'
        ? []
        : this.#blocks.blocks.map((block, index) => this.#item(block, index, status));
    return { ...this.#head, status, incomplete_details: null, output, usage: null };
  }

  #blockEvents({ kind, index, block, text }: BlockEvent): readonly ResponseEvent[] {
    const place = { output_index: index, item_id: this.#id(block, index) };
    switch (kind) {
      case 'open': {
        const item = this.#item(block, index, 'in_progress');
        const added = { type: 'response.output_item.added', output_index: index, item };
        if (block.kind !== 'content') return [added];
        return [
          added,
          { type: 'response.content_part.added', ...place, content_index: 0, part: textPart('') },
        ];
      }
      case 'grow':
        return [this.#grown(block, place, text)];
      case 'close':
        return this.#closed(block, index, place);
    }
  }

  #grown(block: AnswerBlock, place: object, delta: string): ResponseEvent {
    switch (block.kind) {
      case 'content':
        return { type: 'response.output_text.delta', ...place, content_index: 0, delta, logprobs: [] };
      case 'reasoning':
        return { type: 'response.reasoning_text.delta', ...place, content_index: 0, delta };
      case 'call':
        return { type: 'response.function_call_arguments.delta', ...place, delta };
    }
  }

  #closed(block: AnswerBlock, index: number, place: object): readonly ResponseEvent[] {
    const item = this.#item(block, index, 'completed');
    const done = { type: 'response.output_item.done', output_index: index, item };
    const { text } = block;
    switch (block.kind) {
      case 'content':
        return [
          { type: 'response.output_text.done', ...place, content_index: 0, text, logprobs: [] },
          { type: 'response.content_part.done', ...place, content_index: 0, part: textPart(text) },
          done,
        ];
      case 'reasoning':
        return [{ type: 'response.reasoning_text.done', ...place, content_index: 0, text }, done];
      case 'call':
        return [
          { type: 'response.function_call_arguments.done', ...place, name: block.name, arguments: text },
          done,
        ];
    }
  }

  #item(block: AnswerBlock, index: number, status: Status): object {
    const id = this.#id(block, index);
    switch (block.kind) {
      case 'content': {
        const content = status === 'in_progress' ? [] : [textPart(block.text)];
        return { type: 'message', id, status, role: 'assistant', content };
      }
      case 'reasoning': {
        const content = status === 'in_progress' ? [] : [{ type: 'reasoning_text', text: block.text }];
        return { type: 'reasoning', id, summary: [], content };
      }
      case 'call': {
        const { id: callId, name, text } = block;
        return { type: 'function_call', id, call_id: callId, name, arguments: text, status };
      }
    }
  }

  #id({ kind }: AnswerBlock, index: number): string {
    const prefixes = { content: 'msg_', reasoning: 'rs_', call: 'fc_' } as const;
    return (this.#ids[index] ??= randomId(prefixes[kind]));
  }

  #numbered(events: readonly ResponseEvent[]): readonly ResponseEvent[] {
    return events.map((event) => ({ ...event, sequence_number: this.#sequence++ }));
  }
}

function isWhole({ reason }: EndEvent): boolean {
  return reason === 'end-token' || reason === 'stop-string';
}

function textPart(text: string): object {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}
