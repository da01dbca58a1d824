import type { BatchEntry, SavedSequence, Session } from '@halftone/runtime';
import { engineErrorOf, type EngineError } from '../src/engine/error';
import { Task } from '../src/engine/task';

/** A sequence that only counts. */
class FakeSequence {
  length = 0;
  copy(): FakeSequence {
    const copy = new FakeSequence();
    copy.length = this.length;
    return copy;
  }
  rewind(length: number): void {
    this.length = length;
  }
  async save(): Promise<SavedSequence> {
    return { positions: new Int32Array(this.length), bytes: new Uint8Array(this.length) };
  }
  close(): void {
    this.length = 0;
  }
}

/** What a step of a {@link FakeSession} is given. */
export type FakeStep = (batch: readonly BatchEntry[]) => Promise<void>;

/** A session without a model, in which a step does what a test says; its rows are empty. */
export function fakeSession(step: FakeStep = async () => undefined): Session {
  const read = async (batch: readonly BatchEntry[]): Promise<Float32Array[][]> => {
    await step(batch);
    return batch.map(({ sequence, tokens }) => {
      (sequence as unknown as FakeSequence).length += tokens.length;
      return [new Float32Array(1)];
    });
  };
  const session = {
    contextLength: 1024,
    batchSize: 512,
    freeCells: 1024,
    createSequence: () => new FakeSequence(),
    restore: async ({ positions }: SavedSequence) =>
      Object.assign(new FakeSequence(), { length: positions.length }),
    step: read,
    states: read,
  };
  // What a scheduler uses of a session.
  return session as unknown as Session;
}

/** A task that ends with its prompt, or runs until it is told to end. */
export class TestTask extends Task {
  readonly kind;
  readonly staysInCache;
  error: EngineError | undefined;
  /** How often it was told that tokens have been read. */
  taken = 0;
  readonly #ended: Promise<void>;
  #end!: () => void;

  constructor(
    client: string,
    tokens: readonly number[],
    readonly options: {
      readonly kind?: Task['kind'];
      readonly runs?: boolean;
      readonly useCache?: boolean;
      readonly staysInCache?: boolean;
    } = {},
  ) {
    super({ client, prompt: Int32Array.from(tokens), useCache: options.useCache ?? true });
    this.staysInCache = options.staysInCache ?? true;
    this.kind = options.kind ?? 'logits';
    this.#ended = new Promise((resolve) => (this.#end = resolve));
  }

  /** Until it has ended, one way or the other. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  override next(count: number): Int32Array {
    return this.unread === 0 ? Int32Array.of(0) : super.next(count);
  }

  wanted(): 'last' {
    return 'last';
  }

  take(tokens: Int32Array): void {
    this.taken++;
    this.hold(tokens);
    if (this.options.runs !== true && this.unread === 0) this.finish();
  }

  finish(): void {
    this.isEnded = true;
    this.#end();
  }

  fail(error: unknown): void {
    this.error = engineErrorOf(error);
    this.finish();
  }
}
