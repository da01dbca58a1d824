import type { Sequence, Session } from '@halftone/runtime';

/** A conversation in the cache of the session. */
export interface KeptSequence {
  readonly sequence: Sequence;
  /** The tokens that the sequence holds. */
  readonly tokens: number[];
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
  /** The one that was used longest ago stands first. */
  readonly #kept = new Set<KeptSequence>();

  constructor(session: Session) {
    this.#session = session;
  }

  get count(): number {
    return this.#kept.size;
  }

  /**
   * A sequence that holds as much of the beginning of a prompt as any, but not its last token: that one is to be read for its logits.
   *
   * @param running - conversations that are being worked on; what they hold is shared too.
   */
  take(prompt: Int32Array, running: Iterable<KeptSequence>): KeptSequence {
    let best: KeptSequence | undefined;
    let common = 0;
    for (const one of [...this.#kept, ...running]) {
      const length = Math.min(commonLength(prompt, one.tokens), prompt.length - 1);
      if (length <= common) continue;
      best = one;
      common = length;
    }
    if (best === undefined) return this.empty();
    const isSpent = this.#kept.has(best) && best.tokens.length - common <= MAX_LOST_TOKENS;
    if (isSpent) this.#kept.delete(best);
    const sequence = isSpent ? best.sequence : best.sequence.copy();
    sequence.rewind(common);
    return { sequence, tokens: best.tokens.slice(0, common) };
  }

  /** A new conversation that holds nothing. */
  empty(): KeptSequence {
    return { sequence: this.#session.createSequence(), tokens: [] };
  }

  /** Nobody works on the conversation any more. */
  keep(kept: KeptSequence): void {
    this.#kept.add(kept);
    if (this.#kept.size > MAX_KEPT) this.#forgetOldest();
  }

  /** Forget conversations, the oldest first, until there is room for so many tokens. */
  makeRoom(tokens: number): void {
    while (this.#session.freeCells < tokens && this.#kept.size > 0) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const [oldest] = this.#kept;
    if (oldest === undefined) return;
    this.#kept.delete(oldest);
    oldest.sequence.close();
  }
}

function commonLength(prompt: Int32Array, tokens: readonly number[]): number {
  const length = Math.min(prompt.length, tokens.length);
  let place = 0;
  while (place < length && prompt[place] === tokens[place]) place++;
  return place;
}
