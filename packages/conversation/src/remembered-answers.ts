import type { Answer, AssistantMessage } from '@halftone/chat';
import { answerMessage } from './answer-message';
import { messageKey } from './message-key';

/** How much is remembered. */
export interface RememberedAnswersOptions {
  /** Tokens of prompts and answers together. When left out 2^22, which is 16 MiB: a hundred turns of 40,000 tokens. */
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

/** One answer: what stood before it, and what the model wrote. */
interface RememberedAnswer {
  readonly key: string;
  readonly prompt: Int32Array;
  readonly tokens: Int32Array;
  readonly reasoning: string;
}

/**
 * The exact tokens of answers. A text that comes back is seldom cut into the tokens that the model wrote, and its calls come back
 * with their JSON written another way; with these the next prompt begins with the tokens of the one before.
 *
 * An answer is found by what it says *and* by all the tokens before it, so one conversation never gets what another one wrote.
 */
export class RememberedAnswers {
  readonly #maxTokens: number;
  /** By what they say. A set keeps the order in which they were used: the oldest goes first. */
  readonly #byKey = new Map<string, RememberedAnswer[]>();
  readonly #byAge = new Set<RememberedAnswer>();
  #count = 0;

  constructor({ maxTokens = 2 ** 22 }: RememberedAnswersOptions = {}) {
    this.#maxTokens = maxTokens;
  }

  /** Remember the tokens that the model wrote behind a prompt, without the one that ended its turn. */
  remember(prompt: ArrayLike<number>, tokens: ArrayLike<number>, answer: Answer): void {
    this.#add({
      key: messageKey(answerMessage(answer)),
      prompt: Int32Array.from(prompt),
      tokens: Int32Array.from(tokens),
      reasoning: answer.reasoning,
    });
  }

  /** The answers that stand in a conversation. */
  save(conversation: ArrayLike<number>): readonly SavedAnswer[] {
    const tokens = Int32Array.from(conversation);
    return [...this.#byAge].flatMap(({ key, prompt, tokens: written, reasoning }) => {
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
      this.#add({ key, prompt: tokens.slice(0, start), tokens: tokens.slice(start, end), reasoning });
    }
  }

  /** The reasoning of the answers that say what this message says. */
  reasoningsOf(message: AssistantMessage): readonly string[] {
    return (this.#byKey.get(messageKey(message)) ?? []).map(({ reasoning }) => reasoning);
  }

  /** The tokens that the model wrote for a message behind exactly these tokens. */
  tokensOf(message: AssistantMessage, before: ArrayLike<number>): Int32Array | undefined {
    const found = this.#find(messageKey(message), before);
    if (found === undefined) return undefined;
    this.#byAge.delete(found);
    this.#byAge.add(found);
    return found.tokens;
  }

  #add(remembered: RememberedAnswer): void {
    const known = this.#find(remembered.key, remembered.prompt);
    if (known !== undefined) this.#forget(known);
    this.#byKey.set(remembered.key, [...(this.#byKey.get(remembered.key) ?? []), remembered]);
    this.#byAge.add(remembered);
    this.#count += size(remembered);
    for (const oldest of this.#byAge) {
      if (this.#count <= this.#maxTokens) break;
      this.#forget(oldest);
    }
  }

  #find(key: string, prompt: ArrayLike<number>): RememberedAnswer | undefined {
    return this.#byKey.get(key)?.find((one) => isSame(one.prompt, prompt));
  }

  #forget(answer: RememberedAnswer): void {
    this.#byAge.delete(answer);
    this.#count -= size(answer);
    const others = (this.#byKey.get(answer.key) ?? []).filter((one) => one !== answer);
    if (others.length === 0) this.#byKey.delete(answer.key);
    else this.#byKey.set(answer.key, others);
  }
}

function size({ prompt, tokens }: RememberedAnswer): number {
  return prompt.length + tokens.length;
}

function isSame(tokens: Int32Array, others: ArrayLike<number>): boolean {
  return tokens.length === others.length && tokens.every((token, place) => token === others[place]);
}
