import { streamChat, type ChatEvent } from '../api/chat-stream';
import { failureOf, type Failure } from '../api/server-error';
import { serverFacts, type ServerFacts } from '../api/server-facts';
import { chatRequest } from './chat-request';
import {
  assistantTurn,
  newConversation,
  userTurn,
  type AssistantTurn,
  type Conversation,
  type Turn,
} from './conversation';
import { parseTools, type Settings } from './settings';
import type { Stored } from './stored';
import { takeEvent } from './take-event';

/** Milliseconds between two times that an answer is shown, at least. */
const LEAST_PAUSE = 30;

/** Let the browser do what else there is to do. */
const nextTask = () => new Promise((resolve) => setTimeout(resolve));

/** An answer in the making. */
interface Answering {
  readonly conversation: string;
  readonly controller: AbortController;
  /** `waiting` for the server, which is `reading` the prompt, and then `writing`. */
  phase: 'waiting' | 'reading' | 'writing';
  /** Pieces of text that came: about as many as tokens. */
  pieces: number;
  /** Milliseconds since the first piece. */
  elapsed: number;
}

/** All that the page knows and does. Its fields are reactive. */
export class Chat {
  readonly #stored: Stored;
  readonly settings: Settings;
  conversations: Conversation[];
  current: Conversation;
  answering = $state<Answering>();
  #firstPiece = 0;
  /** What the server told of itself; or why it did not. */
  facts = $state<ServerFacts>();
  failure = $state<Failure>();
  /** Whether this browser has no more room. */
  isFull = $state(false);

  constructor(stored: Stored) {
    this.#stored = stored;
    this.settings = $state(stored.settings());
    this.conversations = $state(stored.conversations());
    this.current = $state(this.conversations[0] ?? newConversation(this.settings.systemPrompt));
  }

  /** Ask the server what it is. */
  async connect(): Promise<void> {
    try {
      this.facts = await serverFacts(this.settings.apiKey);
      this.failure = undefined;
    } catch (error) {
      this.failure = failureOf(error);
    }
  }

  /** Begin a conversation; an empty one is there already. */
  begin(): void {
    if (this.current.turns.length > 0) this.current = newConversation(this.settings.systemPrompt);
  }

  open(id: string): void {
    this.current = this.conversations.find((one) => one.id === id) ?? this.current;
  }

  delete(id: string): void {
    if (this.answering?.conversation === id) this.stop();
    this.#stored.deleteConversation(id);
    this.conversations = this.conversations.filter((one) => one.id !== id);
    if (this.current.id === id) {
      this.current = this.conversations[0] ?? newConversation(this.settings.systemPrompt);
    }
  }

  /** Say something, and have it answered. */
  async send(text: string): Promise<void> {
    this.current.turns.push(userTurn(text));
    await this.#answer();
  }

  /** Have the conversation go on, with the results of calls that its last turn has now. */
  async goOn(): Promise<void> {
    await this.#answer();
  }

  /** Have a turn answered once more: what comes behind it is gone, and so is the turn if it is an answer. */
  async again(turn: Turn): Promise<void> {
    const place = this.current.turns.findIndex(({ id }) => id === turn.id);
    this.current.turns.splice(turn.role === 'user' ? place + 1 : place);
    await this.#answer();
  }

  stop(): void {
    this.answering?.controller.abort();
  }

  saveSettings(): void {
    this.#save(() => this.#stored.saveSettings(this.settings));
  }

  saveCurrent(): void {
    this.#saveConversation(this.current);
  }

  async #answer(): Promise<void> {
    if (this.answering !== undefined) return;
    const conversation = this.current;
    conversation.changed = Date.now();
    if (!this.conversations.some(({ id }) => id === conversation.id))
      this.conversations.unshift(conversation);
    this.#saveConversation(conversation);
    // What is pushed becomes reactive; only what stands in the list then is.
    const place = conversation.turns.push(assistantTurn()) - 1;
    const turn = conversation.turns[place] as AssistantTurn;
    const controller = new AbortController();
    this.answering = { conversation: conversation.id, controller, phase: 'waiting', pieces: 0, elapsed: 0 };
    try {
      await this.#read(conversation, turn, controller.signal);
    } catch (error) {
      if (controller.signal.aborted) turn.ending = 'stopped';
      else turn.failure = failureOf(error);
    } finally {
      this.answering = undefined;
      this.#saveConversation(conversation);
    }
  }

  async #read(conversation: Conversation, turn: AssistantTurn, signal: AbortSignal): Promise<void> {
    const { sampling, tools, apiKey } = this.settings;
    const request = chatRequest(conversation, sampling, parseTools(tools));
    const waiting: ChatEvent[] = [];
    let showAt = 0;
    try {
      for await (const event of streamChat(request, apiKey, signal)) {
        waiting.push(event);
        if (performance.now() < showAt) continue;
        const start = performance.now();
        this.#show(turn, waiting.splice(0));
        await nextTask();
        const end = performance.now();
        showAt = end + Math.max(LEAST_PAUSE, 3 * (end - start));
      }
    } finally {
      this.#show(turn, waiting);
    }
  }

  /**
   * Events are shown some together: showing a text takes longer the longer it is, and most of the time belongs to the user, who may want
   * to stop it.
   */
  #show(turn: AssistantTurn, events: readonly ChatEvent[]): void {
    for (const event of events) {
      takeEvent(turn, event);
      const { answering } = this;
      if (answering === undefined) return;
      if (event.kind === 'reading') answering.phase = 'reading';
      else if (event.kind !== 'end' && event.kind !== 'usage') {
        if (answering.pieces++ === 0) this.#firstPiece = performance.now();
        answering.phase = 'writing';
        answering.elapsed = performance.now() - this.#firstPiece;
      }
    }
  }

  #saveConversation(conversation: Conversation): void {
    const isThere = this.conversations.some(({ id }) => id === conversation.id);
    if (isThere) this.#save(() => this.#stored.saveConversation(conversation));
  }

  #save(write: () => void): void {
    try {
      write();
      this.isFull = false;
    } catch {
      this.isFull = true;
    }
  }
}
