import { ChatError } from '../error';
import { MAX_RENDER_STEPS, SIZE_PER_STEP } from '../limits';

/** Counts what a rendering costs, and ends it when it is more than a template can mean. */
export class Budget {
  #left = MAX_RENDER_STEPS;

  /** Pay for some steps. @throws {@link ChatError} `too-much-work`. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left >= 0) return;
    throw new ChatError('too-much-work', 'the template does not come to an end', {
      allowed: `${MAX_RENDER_STEPS} steps`,
      advice: 'Use the template that the makers of the model publish, or send a shorter conversation.',
    });
  }

  /** Pay for what is copied: UTF-16 units of text, or elements. @throws {@link ChatError} `too-much-work`. */
  spendSize(size: number): void {
    this.spend(size / SIZE_PER_STEP);
  }
}
