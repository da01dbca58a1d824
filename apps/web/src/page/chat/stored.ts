import type { Conversation } from './conversation';
import { defaultSettings, type Settings } from './settings';

const SETTINGS = 'halftone.settings';
const CONVERSATION = 'halftone.conversation.';

/** What is kept in this browser. Nothing of it goes anywhere but to the server, with a request. */
export class Stored {
  constructor(private readonly storage: Storage) {}

  settings(): Settings {
    return { ...defaultSettings(), ...(this.#read(SETTINGS) as Partial<Settings>) };
  }

  saveSettings(settings: Settings): void {
    this.#write(SETTINGS, settings);
  }

  /** All conversations, the one that was changed last first. */
  conversations(): Conversation[] {
    const keys = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index) ?? '');
    return keys
      .filter((key) => key.startsWith(CONVERSATION))
      .flatMap((key) => (this.#read(key) as Conversation | undefined) ?? [])
      .sort((one, other) => other.changed - one.changed);
  }

  /** Each has a place of its own: pages that are open beside this one do not overwrite it. */
  saveConversation(conversation: Conversation): void {
    this.#write(`${CONVERSATION}${conversation.id}`, conversation);
  }

  deleteConversation(id: string): void {
    this.storage.removeItem(`${CONVERSATION}${id}`);
  }

  /** What an older page wrote, or someone's hand, may be no JSON. */
  #read(key: string): unknown {
    try {
      return JSON.parse(this.storage.getItem(key) ?? '');
    } catch {
      return undefined;
    }
  }

  /** @throws Error when there is no more room. */
  #write(key: string, value: unknown): void {
    this.storage.setItem(key, JSON.stringify(value));
  }
}
