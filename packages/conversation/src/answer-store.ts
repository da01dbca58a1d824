import type { AssistantMessage } from '@halftone/chat';

/** One answer: what stood before it, and what the model wrote. */
export interface RememberedAnswer {
  /** Whose answer it is. */
  readonly owner: string;
  /** What it says. */
  readonly key: string;
  readonly prompt: Int32Array;
  readonly tokens: Int32Array;
  readonly reasoning: string;
  /** As it was told; `undefined` where it comes from a file. */
  readonly message: AssistantMessage | undefined;
}

/** Tokens that weigh as much as an answer without any: its text, and what finds it. */
const OWN_SIZE = 64;

/** Answers of all owners within one budget: the one that was used longest ago goes first. */
export class AnswerStore {
  /** By owner and what they say. */
  readonly #byKey = new Map<string, Set<RememberedAnswer>>();
  /** A set keeps the order in which they were used. */
  readonly #byAge = new Set<RememberedAnswer>();
  #size = 0;

  constructor(readonly maxTokens: number) {}

  /** All answers of an owner, the latest last. */
  of(owner: string): readonly RememberedAnswer[] {
    return [...this.#byAge].filter((one) => one.owner === owner);
  }

  /** The answers of an owner that say this, in the order in which they were given. */
  find(owner: string, key: string): readonly RememberedAnswer[] {
    return [...(this.#byKey.get(nameOf(owner, key)) ?? [])];
  }

  add(answer: RememberedAnswer): void {
    const name = nameOf(answer.owner, answer.key);
    const same = this.#byKey.get(name);
    if (same === undefined) this.#byKey.set(name, new Set([answer]));
    else same.add(answer);
    this.#byAge.add(answer);
    this.#size += sizeOf(answer);
    for (const oldest of this.#byAge) {
      if (this.#size <= this.maxTokens) break;
      this.forget(oldest);
    }
  }

  /** It was used just now. */
  touch(answer: RememberedAnswer): void {
    this.#byAge.delete(answer);
    this.#byAge.add(answer);
  }

  forget(answer: RememberedAnswer): void {
    if (!this.#byAge.delete(answer)) return;
    this.#size -= sizeOf(answer);
    const name = nameOf(answer.owner, answer.key);
    const same = this.#byKey.get(name);
    same?.delete(answer);
    if (same?.size === 0) this.#byKey.delete(name);
  }
}

function nameOf(owner: string, key: string): string {
  return JSON.stringify([owner, key]);
}

function sizeOf({ prompt, tokens }: RememberedAnswer): number {
  return OWN_SIZE + prompt.length + tokens.length;
}
