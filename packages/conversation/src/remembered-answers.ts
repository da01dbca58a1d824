import type { Answer, AssistantMessage } from '@halftone/chat';
import { answerMessage } from './answer-message';
import { AnswerStore, type RememberedAnswer } from './answer-store';
import { likeness, messageKey } from './message-key';

/** How much is remembered. */
export interface RememberedAnswersOptions {
  /** Tokens of prompts and answers together, and 64 for each answer. When left out 2^22, which is 16 MiB: a hundred turns of 40,000 tokens. */
  readonly maxTokens?: number;
}

/** An answer within the tokens of a conversation, to be kept in a file. */
export interface SavedAnswer {
  /** What it says: the key by which it is found. */
  readonly key: string;
  /** Place of its first token, and behind its last. */
  readonly start: number;
  readonly end: number;
  readonly reasoning: string;
}

/**
 * The exact tokens of answers. A text that comes back is seldom cut into the tokens that the model wrote, and its calls come back
 * with their JSON written another way; with these the next prompt begins with the tokens of the one before.
 *
 * An answer is found by what it says *and* by all the tokens before it, so one conversation never gets what another one wrote; answers of
 * several owners are kept apart. Where several answers to one prompt say the same, the ids of their calls, how they are written and what was
 * thought tell them apart.
 */
export class RememberedAnswers {
  readonly #store: AnswerStore;
  readonly #owner: string;

  private constructor(store: AnswerStore, owner: string) {
    this.#store = store;
    this.#owner = owner;
  }

  /** Nothing is remembered yet. */
  static create({ maxTokens = 2 ** 22 }: RememberedAnswersOptions = {}): RememberedAnswers {
    return new RememberedAnswers(new AnswerStore(maxTokens), '');
  }

  /** The answers of one owner alone, such as a client, within the budget of all. */
  of(owner: string): RememberedAnswers {
    return new RememberedAnswers(this.#store, owner);
  }

  /** Remember the tokens that the model wrote behind a prompt, without the one that ended its turn. */
  remember(prompt: ArrayLike<number>, tokens: ArrayLike<number>, answer: Answer): void {
    const message = answerMessage(answer);
    this.#add({
      key: messageKey(message),
      prompt: Int32Array.from(prompt),
      tokens: Int32Array.from(tokens),
      reasoning: answer.reasoning,
      message,
    });
  }

  /** The answers that stand in a conversation. */
  save(conversation: ArrayLike<number>): readonly SavedAnswer[] {
    const tokens = Int32Array.from(conversation);
    return this.#store.of(this.#owner).flatMap(({ key, prompt, tokens: written, reasoning }) => {
      const [start, end] = [prompt.length, prompt.length + written.length];
      const stands =
        isSame(prompt, tokens.subarray(0, start)) && isSame(written, tokens.subarray(start, end));
      return stands ? [{ key, start, end, reasoning }] : [];
    });
  }

  /** Remember the answers that `save` found in a conversation. */
  restore(conversation: ArrayLike<number>, answers: readonly SavedAnswer[]): void {
    const tokens = Int32Array.from(conversation);
    for (const { key, start, end, reasoning } of answers) {
      const [prompt, written] = [tokens.slice(0, start), tokens.slice(start, end)];
      this.#add({ key, prompt, tokens: written, reasoning, message: undefined });
    }
  }

  /** The reasoning of the answers that say what this message says. */
  reasoningsOf(message: AssistantMessage): readonly string[] {
    return this.#store.find(this.#owner, messageKey(message)).map(({ reasoning }) => reasoning);
  }

  /** The tokens that the model wrote for a message behind exactly these tokens. */
  tokensOf(message: AssistantMessage, before: ArrayLike<number>): Int32Array | undefined {
    const found = this.#likest(message, before);
    if (found === undefined) return undefined;
    this.#store.touch(found);
    return found.tokens;
  }

  #add(remembered: Omit<RememberedAnswer, 'owner'>): void {
    const known = this.#behind(remembered.key, remembered.prompt);
    for (const one of known) if (isSame(one.tokens, remembered.tokens)) this.#store.forget(one);
    this.#store.add({ ...remembered, owner: this.#owner });
  }

  /** What was answered to a prompt that says this, the latest last. */
  #behind(key: string, prompt: ArrayLike<number>): readonly RememberedAnswer[] {
    return this.#store.find(this.#owner, key).filter((one) => isSame(one.prompt, prompt));
  }

  /** Of answers that are as like, the latest. */
  #likest(message: AssistantMessage, prompt: ArrayLike<number>): RememberedAnswer | undefined {
    let best: { readonly answer: RememberedAnswer; readonly like: number } | undefined;
    for (const answer of this.#behind(messageKey(message), prompt)) {
      const like = answer.message === undefined ? 0 : likeness(answer.message, message);
      if (best === undefined || like >= best.like) best = { answer, like };
    }
    return best?.answer;
  }
}

function isSame(tokens: Int32Array, others: ArrayLike<number>): boolean {
  return tokens.length === others.length && tokens.every((token, place) => token === others[place]);
}
