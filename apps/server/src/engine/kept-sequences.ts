import type { Sequence, Session } from '@halftone/runtime';

/** A conversation in the cache of the session. */
export interface KeptSequence {
  readonly sequence: Sequence;
  /** The tokens that the sequence holds. */
  readonly tokens: number[];
  /** Whose conversation it is: nobody else's prompts are compared with it. */
  readonly client: string;
}

/** Where a prompt and a conversation of the same client go apart. */
export interface Difference {
  /** Tokens that they have in common. */
  readonly position: number;
  /** The last of those. */
  readonly before: readonly number[];
  /** What follows in the conversation. */
  readonly cached: readonly number[];
  /** What follows in the prompt. */
  readonly prompt: readonly number[];
}

/** Tokens that are told on each side of a difference. */
const TOLD_TOKENS = 16;

/** A place in the cache for a prompt. */
export interface TakenSequence extends KeptSequence {
  /** Why it is not longer; `undefined` where no conversation of the client goes another way. */
  readonly difference: Difference | undefined;
}

/** What may be lost of a conversation whose room is used again instead of being shared: about the end of a turn. */
const MAX_LOST_TOKENS = 16;

/** More are never kept: each new prompt is compared with all of them. Agents that take turns are some dozens at most. */
const MAX_KEPT = 128;

/**
 * Conversations that nobody works on now. Their keys and values stay in the session's cache as long as there is room, so a prompt
 * that begins like one of them has only the rest to be read. What two conversations have in common is held once.
 */
export class KeptSequences {
  readonly #session: Session;
  /** With the slot that has it: of those that a slot worked on for a client, the last. The one that was used longest ago stands first. */
  readonly #kept = new Map<KeptSequence, number | undefined>();

  constructor(session: Session) {
    this.#session = session;
  }

  get count(): number {
    return this.#kept.size;
  }

  /**
   * A sequence that holds as much of the beginning of a prompt as any of the client's, but not its last token: that one is to be read for
   * its logits.
   *
   * @param running - conversations that are being worked on; what they hold is shared too.
   */
  take(prompt: Int32Array, client: string, running: Iterable<KeptSequence>): TakenSequence {
    let best: KeptSequence | undefined;
    let common = -1;
    for (const one of [...this.#kept.keys(), ...running]) {
      if (one.client !== client) continue;
      const length = commonLength(prompt, one.tokens);
      if (length <= common) continue;
      best = one;
      common = length;
    }
    if (best === undefined) return { ...this.empty(client), difference: undefined };
    const goesOn = common === best.tokens.length || common === prompt.length;
    const difference = goesOn ? undefined : differenceAt(common, prompt, best.tokens);
    const taken = common === 0 ? this.empty(client) : this.#use(best, Math.min(common, prompt.length - 1));
    return { ...taken, difference };
  }

  /** A new conversation that holds nothing. */
  empty(client: string): KeptSequence {
    return { sequence: this.#session.createSequence(), tokens: [], client };
  }

  /** The conversation of a client that a slot worked on last, if it is still there. */
  lastOf(slot: number, client: string): KeptSequence | undefined {
    for (const [kept, place] of this.#kept) if (place === slot && kept.client === client) return kept;
    return undefined;
  }

  /** Forget a conversation. */
  forget(kept: KeptSequence): void {
    this.#kept.delete(kept);
    kept.sequence.close();
  }

  /** Nobody works on the conversation any more, which a slot did last. */
  keep(kept: KeptSequence, slot: number): void {
    const before = this.lastOf(slot, kept.client);
    if (before !== undefined) this.#kept.set(before, undefined);
    this.#kept.set(kept, slot);
    if (this.#kept.size > MAX_KEPT) this.#forgetOldest();
  }

  /** Forget conversations, the oldest first, until there is room for so many tokens. */
  makeRoom(tokens: number): void {
    while (this.#session.freeCells < tokens && this.#kept.size > 0) this.#forgetOldest();
  }

  /** A sequence with the first tokens of a conversation. */
  #use(best: KeptSequence, common: number): KeptSequence {
    const isSpent = this.#kept.has(best) && best.tokens.length - common <= MAX_LOST_TOKENS;
    if (isSpent) this.#kept.delete(best);
    const sequence = isSpent ? best.sequence : best.sequence.copy();
    sequence.rewind(common);
    return { sequence, tokens: best.tokens.slice(0, common), client: best.client };
  }

  #forgetOldest(): void {
    const [oldest] = this.#kept.keys();
    if (oldest !== undefined) this.forget(oldest);
  }
}

function commonLength(prompt: Int32Array, tokens: readonly number[]): number {
  const length = Math.min(prompt.length, tokens.length);
  let place = 0;
  while (place < length && prompt[place] === tokens[place]) place++;
  return place;
}

function differenceAt(position: number, prompt: Int32Array, tokens: readonly number[]): Difference {
  const end = position + TOLD_TOKENS;
  return {
    position,
    before: tokens.slice(Math.max(0, position - TOLD_TOKENS), position),
    cached: tokens.slice(position, end),
    prompt: [...prompt.subarray(position, end)],
  };
}
