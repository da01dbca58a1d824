import {
  answerFormatOf,
  AnswerParser,
  CHAT_TEMPLATE_KEY,
  ChatError,
  chooseChatTemplate,
  endsInReasoning,
  readChatTemplates,
  renderChat,
  renderChatSegments,
  type AnswerFormat,
  type ChangeKind,
  type ChatRequest,
  type ChatTemplate,
  type PromptSegment,
  type TemplateMetadata,
} from '@halftone/chat';
import type { Tokenizer } from '@halftone/tokenizer';
import { markAnswers, type MarkedAnswers } from './mark-answers';
import type { RememberedAnswers } from './remembered-answers';

/** A conversation that a model is to go on with. */
export interface ChatPromptRequest extends ChatRequest {
  /** The name of the template, where the model has several; chosen by whether there are tools when left out. */
  readonly templateName?: string | undefined;
}

/** A chat template that is not the model's own. */
export interface GivenTemplate {
  readonly source: string;
  /** Where it stands, for errors; `undefined` if it is in no file. */
  readonly file?: string | undefined;
}

/** How a prompt is made. */
export interface ChatPromptOptions {
  /** UTF-16 units of the prompt's text, at most: for whoever has no use for a longer one. Any when left out. */
  readonly maxLength?: number;
}

/** The prompt of a conversation. */
export interface ChatPrompt {
  readonly tokens: Int32Array;
  /** Answers of the model that stand in it in the tokens that the model wrote. */
  readonly restored: number;
  /** What had to be changed in the conversation so that the template takes it. */
  readonly changes: readonly ChangeKind[];
  /** How the model answers. */
  readonly format: AnswerFormat;
  /** Takes apart what the model answers. An answer that `isBound` from its first token on is no reasoning, even behind a prompt that begins one. */
  readonly parser: (isBound?: boolean) => AnswerParser;
}

/** How often a prompt is made again because an answer turned out to be another conversation's; then all are left as text. */
const MAX_TRIES = 4;

/** Makes prompts in token ids by the templates of a model. */
export class ChatPrompter {
  readonly #tokenizer: Tokenizer;
  readonly #templates: ReadonlyMap<string, ChatTemplate>;
  readonly #specialTexts: readonly string[];

  /**
   * @param file - the model's file, named in errors.
   * @param given - a template that takes the place of all those of the model.
   * @throws {@link ChatError} `wrong-type`, `bad-template`.
   */
  constructor(tokenizer: Tokenizer, metadata: TemplateMetadata, file?: string, given?: GivenTemplate) {
    this.#tokenizer = tokenizer;
    this.#templates =
      given === undefined
        ? templatesOf(metadata, file)
        : templatesOf(withTemplate(metadata, given), given.file);
    this.#specialTexts = Array.from({ length: tokenizer.size }, (_, id) => id)
      .filter((id) => tokenizer.kind(id) === 'control')
      .map((id) => tokenizer.text(id));
  }

  /** Whether the model has any template. */
  get hasTemplate(): boolean {
    return this.#templates.size > 0;
  }

  /** The template for a request. @throws {@link ChatError} `no-template`. */
  template({ templateName: name, tools = [] }: Partial<ChatPromptRequest> = {}): ChatTemplate {
    const withTools = tools.length > 0;
    return chooseChatTemplate(this.#templates, name === undefined ? { withTools } : { name, withTools });
  }

  /** The prompt as text, as its template writes it. @throws {@link ChatError}. */
  text(request: ChatPromptRequest): string {
    return renderChat(this.template(request), request).text;
  }

  /**
   * The prompt in tokens. Answers that are remembered stand in it as the model wrote them.
   *
   * @throws {@link ChatError}, `too-long` before any of a prompt that is too long is made into tokens; {@link TokenizerError}.
   */
  prompt(
    request: ChatPromptRequest,
    answers?: RememberedAnswers,
    { maxLength = Infinity }: ChatPromptOptions = {},
  ): ChatPrompt {
    const template = this.template(request);
    const without = new Set<number>();
    for (let tries = 1; ; tries++) {
      const isLast = answers === undefined || tries === MAX_TRIES;
      const marked = isLast ? undefined : markAnswers(template, request, answers, without);
      const messages = marked?.messages ?? request.messages;
      const rendered = renderChatSegments(template, { ...request, messages }, this.#specialTexts);
      checkLength(rendered.segments, maxLength);
      const assembly = new Assembly(this.#tokenizer, request, marked, answers);
      const failed = assembly.add(rendered.segments);
      if (failed.length === 0) return this.#finish(template, request, rendered, assembly);
      for (const index of failed) without.add(index);
    }
  }

  #finish(
    template: ChatTemplate,
    { tools = [] }: ChatPromptRequest,
    rendered: { readonly segments: readonly PromptSegment[]; readonly changes: readonly ChangeKind[] },
    { tokens, restored }: Assembly,
  ): ChatPrompt {
    const format = answerFormatOf(template.source);
    const startsInReasoning = endsInReasoning(rendered.segments.at(-1)?.text ?? '', format.reasoning);
    return {
      tokens: Int32Array.from(tokens),
      restored,
      changes: rendered.changes,
      format,
      parser: (isBound = false) =>
        new AnswerParser({ ...format, startsInReasoning: startsInReasoning && !isBound, tools }),
    };
  }
}

function checkLength(segments: readonly PromptSegment[], most: number): void {
  const length = segments.reduce((sum, { text }) => sum + text.length, 0);
  if (length <= most) return;
  throw new ChatError('too-long', 'the prompt is too long', {
    found: `${length} characters`,
    allowed: `${most}`,
    advice: 'Shorten the conversation.',
  });
}

/** Puts a prompt together: the tokens of its text, and in the places of marks the tokens of answers. */
class Assembly {
  readonly tokens: number[] = [];
  restored = 0;
  /** The answer whose text is being left out: the template's text up to the end of the turn belongs to it. */
  #open: number | undefined;
  readonly #tokenizer: Tokenizer;
  readonly #request: ChatPromptRequest;
  readonly #marked: MarkedAnswers | undefined;
  readonly #answers: RememberedAnswers | undefined;

  constructor(
    tokenizer: Tokenizer,
    request: ChatPromptRequest,
    marked: MarkedAnswers | undefined,
    answers: RememberedAnswers | undefined,
  ) {
    this.#tokenizer = tokenizer;
    this.#request = request;
    this.#marked = marked;
    this.#answers = answers;
  }

  /** Add all segments. Gives the indices of marked messages that have to be rendered as they are. */
  add(segments: readonly PromptSegment[]): readonly number[] {
    const unseen = new Set(this.#marked?.indices ?? []);
    for (const { text, special } of segments) {
      const pieces = special && this.#marked !== undefined ? this.#marked.split(text) : [text];
      if (pieces === undefined) return [...unseen];
      for (const piece of pieces) {
        if (typeof piece === 'string') this.#addText(piece, special);
        else if (unseen.delete(piece) && this.#addAnswer(piece)) continue;
        else return [piece];
      }
    }
    return this.#open === undefined ? [...unseen] : [this.#open];
  }

  #addAnswer(index: number): boolean {
    const message = this.#request.messages[index];
    if (this.#open !== undefined || message?.role !== 'assistant') return false;
    const tokens = this.#answers?.tokensOf(message, this.tokens);
    if (tokens === undefined) return false;
    for (const token of tokens) this.tokens.push(token);
    this.#open = index;
    this.restored++;
    return true;
  }

  #addText(text: string, special: boolean): void {
    // What is no template's text stands within the turn that is left out.
    if (this.#open !== undefined && !special) return;
    const tokens = this.#tokenizer.encode(text, { addSpecial: false, parseSpecial: special });
    const first = this.#open === undefined ? 0 : this.#endOfTurn(tokens);
    if (first < tokens.length) this.#open = undefined;
    for (const token of tokens.subarray(first)) this.tokens.push(token);
  }

  #endOfTurn(tokens: Int32Array): number {
    const place = tokens.findIndex((token) => this.#tokenizer.endOfGeneration.has(token));
    return place < 0 ? tokens.length : place;
  }
}

/** Metadata with one template alone; special tokens are the model's. */
function withTemplate(metadata: TemplateMetadata, { source }: GivenTemplate): TemplateMetadata {
  const others = [...metadata].filter(([key]) => !key.startsWith(CHAT_TEMPLATE_KEY));
  return new Map([...others, [CHAT_TEMPLATE_KEY, { type: 'string', value: source }]]);
}

function templatesOf(
  metadata: TemplateMetadata,
  file: string | undefined,
): ReadonlyMap<string, ChatTemplate> {
  try {
    return readChatTemplates(metadata);
  } catch (error) {
    throw error instanceof ChatError && file !== undefined ? error.with({ file }) : error;
  }
}
