import { collectAnswer, type AnswerEvent, type AnswerParser } from '@halftone/chat';
import type { RememberedAnswers } from '@halftone/conversation';
import { Continuation, Sampler, type BatchEntry, type ContinuationEnd, type Model } from '@halftone/runtime';
import type { ClosingConstraint } from './constraints/constraint';
import type { GenerationEvent, GenerationRequest, SlotStatus, WrittenToken } from './engine';
import { engineErrorOf, type EngineError } from './error';
import type { TakenSequence } from './kept-sequences';
import { Logprobs } from './logprobs';
import { Task } from './task';

/** What a text is made of. */
export interface TextParts {
  readonly model: Model;
  readonly request: GenerationRequest;
  readonly prompt: Int32Array;
  /** Takes the answer of a conversation apart; a plain text has none. */
  readonly parser: AnswerParser | undefined;
  /** Makes what binds the text, when it begins: many texts of one request wait, and a large schema takes its time for each. */
  readonly constraint: () => ClosingConstraint | undefined;
  readonly answers: RememberedAnswers;
  readonly listener: TextListener;
}

/** Who is told of a text. */
export interface TextListener {
  /** The last one has the kind `end`. */
  tell(event: GenerationEvent): void;
  /** The text will have no end. */
  fail(error: EngineError): void;
}

/** One text in the making: what was written, and who is told. */
export class TextTask extends Task {
  readonly kind = 'logits';
  readonly staysInCache = true;
  readonly #parts: TextParts;
  readonly #sampler: Sampler;
  #constraint: ClosingConstraint | undefined;
  #continuation: Continuation | undefined;
  readonly #began = performance.now();
  readonly #written: number[] = [];
  readonly #told: AnswerEvent[] = [];
  #started = 0;
  #wroteFirst = 0;
  /** The token that was written last and is not in the cache yet. */
  #last: number | undefined;

  /** @throws EngineError, RuntimeError `bad-option`. */
  constructor(parts: TextParts) {
    const { model, request, prompt } = parts;
    super({ client: request.client, prompt, useCache: request.useCache ?? true });
    this.#parts = parts;
    this.#sampler = new Sampler(request.sampling, model.tokenizer);
  }

  /** Make what is needed for the text, and throw it away. @throws EngineError, RuntimeError `bad-option`, GrammarError. */
  check(): void {
    this.#begin();
  }

  override start(taken: TakenSequence, slot: number): void {
    super.start(taken, slot);
    this.#started = performance.now();
    this.#continuation = this.#begin();
    for (const token of this.prompt) this.#sampler.accept(token);
    this.#parts.listener.tell({
      kind: 'started',
      promptTokens: this.prompt.length,
      cachedTokens: this.cached,
    });
  }

  override next(count: number): Int32Array {
    return this.#last === undefined ? super.next(count) : Int32Array.of(this.#last);
  }

  wanted(count: number): NonNullable<BatchEntry['logits']> {
    return count < this.unread ? 'none' : 'last';
  }

  take(tokens: Int32Array, [logits]: readonly Float32Array[], contextLength: number): void {
    this.hold(tokens);
    if (logits === undefined || this.isEnded) return;
    if (this.#last === undefined) this.#wroteFirst = performance.now();
    try {
      this.#write(logits, contextLength);
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.isEnded = true;
    this.#parts.listener.fail(engineErrorOf(error));
  }

  override status(): SlotStatus {
    return { ...super.status(), writtenTokens: this.#written.length };
  }

  #begin(): Continuation {
    const { model, request, parser, constraint } = this.#parts;
    this.#constraint = constraint();
    return new Continuation(model.tokenizer, {
      sampler: this.#sampler,
      special: parser !== undefined,
      ...(this.#constraint === undefined ? {} : { constraint: this.#constraint }),
      ...(request.maxTokens === undefined ? {} : { maxTokens: request.maxTokens }),
      ...(request.stop === undefined ? {} : { stop: request.stop }),
    });
  }

  #write(logits: Float32Array, contextLength: number): void {
    const continuation = this.#continuation;
    if (continuation === undefined) throw new Error('the text has not been started');
    if (continuation.isFull) {
      this.#finish(continuation.end('max-tokens'));
      return;
    }
    const { token, text, end } = continuation.next(logits);
    if (token !== undefined) this.#tell(text, [this.#tokenTold(token, logits)]);
    this.#last = token;
    if (end !== undefined) this.#finish(end);
    else if (this.kept.tokens.length >= contextLength) this.#finish(continuation.end('context'));
  }

  #tokenTold(token: number, logits: Float32Array): WrittenToken | undefined {
    this.#written.push(token);
    const { topLogprobs } = this.#parts.request;
    if (topLogprobs === undefined) return undefined;
    const logprobs = new Logprobs(logits);
    const told = (id: number) => ({ token: id, text: this.#textOf(id), logprob: logprobs.of(id) });
    return { ...told(token), top: logprobs.top(topLogprobs).map(told) };
  }

  #textOf(token: number): string {
    return this.#parts.model.tokenizer.streamDecoder({ special: true }).push(token);
  }

  #tell(text: string, tokens: readonly (WrittenToken | undefined)[]): void {
    const { parser } = this.#parts;
    const plain: AnswerEvent[] = text === '' ? [] : [{ type: 'content', text }];
    this.#push(parser === undefined ? plain : parser.push(text), tokens);
  }

  #push(events: readonly AnswerEvent[], tokens: readonly (WrittenToken | undefined)[]): void {
    const told = tokens.filter((token) => token !== undefined);
    this.#told.push(...events);
    if (events.length === 0 && told.length === 0) return;
    this.#parts.listener.tell({ kind: 'answer', events, tokens: told });
  }

  #finish({ reason, text, stop }: ContinuationEnd): void {
    this.isEnded = true;
    const { parser, answers, prompt } = this.#parts;
    const wasCut = reason === 'max-tokens' || reason === 'context';
    const closing = (wasCut ? this.#constraint?.closing() : undefined) ?? '';
    // What closes a text stands behind its last whole character.
    const last = closing === '' ? text : text.replace(/\ufffd$/, '') + closing;
    if (last !== '') this.#tell(last, []);
    if (parser !== undefined) this.#push(parser.finish(reason !== 'end-token'), []);
    // With a stop string, or where a head was left out, the tokens hold more than the text that the client gets; where it was closed, less.
    if (parser?.hasLeftOut === false && reason !== 'stop-string' && closing === '') {
      answers.remember(prompt, this.#written, collectAnswer(this.#told));
    }
    const now = performance.now();
    this.#parts.listener.tell({
      kind: 'end',
      reason,
      stop,
      usage: {
        promptTokens: prompt.length,
        cachedTokens: this.cached,
        writtenTokens: this.#written.length,
      },
      times: {
        waiting: this.#started - this.#began,
        reading: this.#wroteFirst - this.#started,
        writing: now - this.#wroteFirst,
      },
    });
  }
}
