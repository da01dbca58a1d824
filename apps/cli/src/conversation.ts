import {
  answerFormatOf,
  AnswerParser,
  chooseChatTemplate,
  collectAnswer,
  endsInReasoning,
  readChatTemplates,
  renderChatSegments,
  type Answer,
  type AnswerEvent,
  type ChatMessage,
  type ChatTemplate,
  type ToolDefinition,
} from '@halftone/chat';
import {
  generate,
  Sampler,
  type GeneratedEnd,
  type Model,
  type SamplingOptions,
  type Sequence,
  type Session,
} from '@halftone/runtime';

/** How the answers of a conversation are made. */
export interface ConversationOptions {
  readonly tools: readonly ToolDefinition[];
  readonly sampling: SamplingOptions;
  readonly maxTokens?: number;
  readonly signal: AbortSignal;
}

/** One answer, and how it came. */
export interface Turn {
  readonly answer: Answer;
  readonly end: GeneratedEnd;
}

/**
 * A conversation with a model: messages in its chat template, and answers taken apart. What the cache holds of it is not read again.
 */
export class Conversation {
  readonly messages: ChatMessage[] = [];
  readonly #model: Model;
  readonly #template: ChatTemplate;
  readonly #specialTexts: readonly string[];
  readonly #sequence: Sequence;
  /** The tokens that the sequence holds. */
  #read: number[] = [];

  /** @throws ChatError `no-template` for a model without one. */
  constructor(
    private readonly session: Session,
    private readonly options: ConversationOptions,
  ) {
    this.#model = session.model;
    const templates = readChatTemplates(this.#model.plan.file.metadata);
    this.#template = chooseChatTemplate(templates, { withTools: options.tools.length > 0 });
    const { tokenizer } = this.#model;
    this.#specialTexts = Array.from({ length: tokenizer.size }, (_, id) => id)
      .filter((id) => tokenizer.kind(id) === 'control')
      .map((id) => tokenizer.text(id));
    this.#sequence = session.createSequence();
  }

  /** Answer the messages so far, and add the answer to them. `onEvent` gets it piece by piece. */
  async answer(onEvent: (event: AnswerEvent) => void): Promise<Turn> {
    const { tools, sampling, maxTokens, signal } = this.options;
    const { segments } = renderChatSegments(
      this.#template,
      { messages: this.messages, tools },
      this.#specialTexts,
    );
    const format = answerFormatOf(this.#template.source);
    const parser = new AnswerParser({
      ...format,
      startsInReasoning: endsInReasoning(segments.at(-1)?.text ?? '', format.reasoning),
      toolNames: tools.map((tool) => tool.function.name),
    });
    const events: AnswerEvent[] = [];
    const take = (more: readonly AnswerEvent[]): void => {
      events.push(...more);
      more.forEach(onEvent);
    };
    const prompt = this.#rewindTo(segments.flatMap(({ text, special }) => this.#encode(text, special)));
    const sampler = new Sampler(sampling);
    for (const token of this.#read) sampler.accept(token);
    const limits = { signal, ...(maxTokens === undefined ? {} : { maxTokens }) };
    let end: GeneratedEnd | undefined;
    this.#read.push(...prompt);
    for await (const event of generate(this.session, {
      prompt,
      sequence: this.#sequence,
      sampler,
      special: true,
      ...limits,
    })) {
      take(parser.push(event.text));
      if (event.kind === 'end') end = event;
      else this.#read.push(event.token);
    }
    take(parser.finish());
    this.#read.length = Math.min(this.#read.length, this.#sequence.length);
    if (end === undefined) throw new RangeError('a text was generated without an end');
    const answer = collectAnswer(events);
    this.messages.push(messageOf(answer));
    return { answer, end };
  }

  #encode(text: string, parseSpecial: boolean): number[] {
    return [...this.#model.tokenizer.encode(text, { addSpecial: false, parseSpecial })];
  }

  /** Keep what the sequence holds of a prompt, forget the rest, and give what is to be read: at least one token. */
  #rewindTo(tokens: readonly number[]): number[] {
    const differing = tokens.findIndex((token, place) => token !== this.#read[place]);
    const common = differing < 0 ? tokens.length - 1 : differing;
    this.#sequence.rewind(common);
    this.#read.length = common;
    return tokens.slice(common);
  }
}

function messageOf({ content, reasoning, calls }: Answer): ChatMessage {
  return {
    role: 'assistant',
    content,
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0
      ? {}
      : { tool_calls: calls.map((call) => ({ id: call.id, type: 'function', function: call })) }),
  };
}
