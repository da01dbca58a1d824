import {
  ChatError,
  type AnswerFormat,
  type AnswerParser,
  type ChatMessage,
  type JsonValue,
  type ToolDefinition,
} from '@halftone/chat';
import type { ChatPrompter, ChatPromptRequest, RememberedAnswers } from '@halftone/conversation';
import type { Model } from '@halftone/runtime';
import type { Prompt } from './engine';
import { checkTools } from './asked-tools';
import { EngineError, engineErrorOf, forPart, promptTooLong, type RequestPart } from './error';

/** A prompt in tokens, and how the model will answer. */
export interface ReadPrompt {
  readonly tokens: Int32Array;
  readonly parser: ((isBound: boolean) => AnswerParser) | undefined;
  readonly format: AnswerFormat | undefined;
  readonly tools: readonly ToolDefinition[];
}

/** What prompts are read with. */
export interface PromptReaderParts {
  readonly model: Pick<Model, 'tokenizer' | 'vocabulary'>;
  readonly prompter: ChatPrompter;
  /** Variables of the template where a conversation does not have them. */
  readonly variables: Readonly<Record<string, JsonValue>>;
  readonly answers: RememberedAnswers;
  /** Tokens of one conversation at most. */
  readonly contextLength: number;
  /** UTF-16 units of a text of as many tokens as a conversation may have, each the longest there is: whatever is longer has more tokens. */
  readonly longestText: number;
}

/** Reads what a model goes on with: in tokens, and how its answer is taken apart. All that it throws is an `EngineError`. */
export class PromptReader {
  readonly #parts: PromptReaderParts;

  constructor(parts: PromptReaderParts) {
    this.#parts = parts;
  }

  /** What may fit of a prompt whose end may be left out. */
  cut(prompt: Prompt): Prompt {
    return prompt.kind === 'text'
      ? { ...prompt, text: prompt.text.slice(0, this.#parts.longestText) }
      : prompt;
  }

  /** Read a prompt that has to have tokens, all of them of the vocabulary. */
  readSome(prompt: Prompt, client: string): ReadPrompt {
    const read = this.read(prompt, client);
    if (prompt.kind === 'chat' && prompt.chat.messages.every(isEmpty)) {
      throw new EngineError('bad-request', 'no message has a text', {
        part: 'prompt',
        found: 'empty messages',
        allowed: 'a text or a call in one of them',
      });
    }
    if (read.tokens.length === 0) {
      throw new EngineError('bad-request', 'the prompt is empty', {
        part: 'prompt',
        found: 'no token',
        allowed: 'one token or more',
      });
    }
    const { vocabulary } = this.#parts.model;
    const wrong = read.tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= vocabulary);
    if (wrong === undefined) return read;
    throw new EngineError('bad-request', 'the vocabulary does not have the token', {
      part: 'prompt',
      found: wrong,
      allowed: `0 to ${vocabulary - 1}`,
    });
  }

  read(prompt: Prompt, client: string): ReadPrompt {
    return forPart('prompt', () => this.#readPrompt(prompt, client));
  }

  #readPrompt(prompt: Prompt, client: string): ReadPrompt {
    const { tokenizer } = this.#parts.model;
    const plain = { parser: undefined, format: undefined, tools: [] };
    switch (prompt.kind) {
      case 'text':
        this.#checkLength(prompt.text);
        return { tokens: tokenizer.encode(prompt.text, { parseSpecial: true }), ...plain };
      case 'tokens':
        return { tokens: Int32Array.from(prompt.tokens), ...plain };
      case 'chat': {
        this.#checkLength(contentOf(prompt.chat));
        const { prompter, answers, longestText: maxLength } = this.#parts;
        const { tokens, format, parser } = this.#fromTemplate(prompt.chat, (chat) =>
          prompter.prompt(chat, answers.of(client), { maxLength }),
        );
        const { tools = [] } = prompt.chat;
        return { tokens, format, parser, tools };
      }
    }
  }

  /** The prompt of a conversation as text. */
  text(chat: ChatPromptRequest): string {
    return this.#fromTemplate(chat, (whole) => this.#parts.prompter.text(whole));
  }

  /** Make a prompt by the model's template. @throws EngineError, which names the part of the conversation that is at fault. */
  #fromTemplate<Result>(chat: ChatPromptRequest, make: (whole: ChatPromptRequest) => Result): Result {
    checkTools(chat.tools ?? []);
    try {
      return make(this.#whole(chat));
    } catch (error) {
      throw engineErrorOf(error, this.#partAtFault(chat, error));
    }
  }

  /** A conversation with all variables that its template is told. */
  #whole(chat: ChatPromptRequest): ChatPromptRequest {
    return { ...chat, variables: { ...this.#parts.variables, ...chat.variables } };
  }

  /** A template that breaks does not say over what: it is the part without which it does not. */
  #partAtFault(chat: ChatPromptRequest, error: unknown): RequestPart {
    const { tools = [], variables = {} } = chat;
    // Both cost more time, and are told of the whole.
    if (!(error instanceof ChatError) || error.code === 'too-long' || error.code === 'too-much-work') {
      return 'prompt';
    }
    if (tools.length > 0 && this.#takes({ ...chat, tools: [] })) return 'tools';
    return Object.keys(variables).length > 0 && this.#takes({ ...chat, variables: {} })
      ? 'variables'
      : 'prompt';
  }

  #takes(chat: ChatPromptRequest): boolean {
    try {
      this.#parts.prompter.text(this.#whole(chat));
      return true;
    } catch {
      return false;
    }
  }

  /** A text is made into tokens as a whole, and meanwhile nothing else is done: one that cannot fit is not begun with. */
  #checkLength({ length }: string): void {
    if (length > this.#parts.longestText)
      throw promptTooLong(`${length} characters`, this.#parts.contextLength);
  }
}

/** What is said in a conversation, which its prompt has, too. */
function contentOf({ messages }: ChatPromptRequest): string {
  return messages.map(textOf).join('');
}

function textOf({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}

/** Whether a message says nothing, and calls nothing. */
function isEmpty(message: ChatMessage): boolean {
  const calls = message.role === 'assistant' ? (message.tool_calls ?? []) : [];
  return calls.length === 0 && textOf(message) === '';
}
