import { Channel } from './channel';
import type { IndexedEvent } from './engine';
import type { EngineError } from './error';
import type { TextListener } from './text-task';

/** The texts of one request: told in one stream, which ends with the last of them, or with the first that fails. */
export class TextGroup {
  readonly events = new Channel<IndexedEvent>();
  #unfinished: number;

  constructor(count: number) {
    this.#unfinished = count;
  }

  /** Who is told of one of the texts. */
  listener(index: number): TextListener {
    return {
      tell: (event) => {
        this.events.push({ index, event });
        if (event.kind === 'end' && --this.#unfinished === 0) this.events.end();
      },
      fail: (error: EngineError) => this.events.end(error),
    };
  }
}
