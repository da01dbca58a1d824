import { ChatError } from '../error';
import { mapStrings, type JsonValue } from '../json';
import type { ChatMessage, ToolDefinition } from '../messages';
import type { ChangeKind } from '../normalize/change';
import { normalizeMessages } from '../normalize/normalize';
import { SpecialTextGuard, type PromptSegment } from './protect';
import type { ChatTemplate } from './template';
import { TextMarks } from './text-marks';

/** What a prompt is made of. */
export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolDefinition[] | undefined;
  /** End with the beginning of the assistant's turn. True if left out. */
  readonly addGenerationPrompt?: boolean | undefined;
  /** More variables of the template, such as `enable_thinking`; `chat_template_kwargs` of other servers. */
  readonly variables?: Readonly<Record<string, JsonValue>> | undefined;
  /** The time that templates tell the model, for prompts that stay the same. Now if left out. */
  readonly now?: Date | undefined;
}

/** A prompt as one text. */
export interface RenderedChat {
  readonly text: string;
  /** What had to be changed in the conversation so that the template takes it. */
  readonly changes: readonly ChangeKind[];
}

/** A prompt in pieces, for a tokenizer that has to know which text may be a special token. */
export interface RenderedSegments {
  readonly segments: readonly PromptSegment[];
  /** What had to be changed in the conversation so that the template takes it. */
  readonly changes: readonly ChangeKind[];
}

/**
 * Make the prompt of a conversation: messages are brought into the shape that the template takes, then it is rendered.
 *
 * The text holds the beginning of the text (`bos_token`) where the template writes it, so encode it without adding one.
 *
 * @throws {@link ChatError} `refused`, `render-failed`, `too-much-work`, `unsupported-content`, `no-tools`.
 */
export function renderChat(template: ChatTemplate, request: ChatRequest): RenderedChat {
  const { variables, changes } = templateVariables(template, request);
  return { text: template.render(variables, request.now), changes };
}

/**
 * Make the prompt of a conversation in which no text of a message can become a special token.
 *
 * Whatever looks like a special token in a message, a call or a tool definition is replaced by a mark before rendering, and
 * comes back as a segment with `special: false`. The other segments, which are the template's text and all harmless text,
 * have `special: true`. A conversation without such text is one segment, the text of {@link renderChat}.
 *
 * @param specialTexts - the texts of all control tokens of the vocabulary.
 * @throws {@link ChatError} as {@link renderChat}, and `too-deep`.
 */
export function renderChatSegments(
  template: ChatTemplate,
  request: ChatRequest,
  specialTexts: Iterable<string>,
): RenderedSegments {
  const { variables, changes } = templateVariables(template, request);
  const texts = [template.source];
  mapStrings(variables, (text) => {
    texts.push(text);
    return text;
  });
  const guard = new SpecialTextGuard(specialTexts, new TextMarks(texts));
  const { messages, ...others } = variables;
  const guarded = {
    ...(mapStrings(others, (text) => guard.protect(text)) as object),
    messages: messages.map((message) => protectMessage(message, guard)),
  };
  return { segments: guard.segments(template.render(guarded, request.now)), changes };
}

/** A role decides what the template does, and is no text of anybody. */
function protectMessage(
  { role, ...rest }: Readonly<Record<string, unknown>>,
  guard: SpecialTextGuard,
): object {
  return { role, ...(mapStrings(rest, (text) => guard.protect(text)) as object) };
}

function templateVariables(
  template: ChatTemplate,
  { messages, tools = [], addGenerationPrompt = true, variables = {} }: ChatRequest,
) {
  const { abilities } = template;
  if (tools.length > 0 && !abilities.tools) {
    throw new ChatError('no-tools', 'the chat template has no place for tools', {
      advice: 'Leave them out, or use a model whose template knows tools.',
    });
  }
  const normalized = normalizeMessages(messages, abilities);
  return {
    variables: {
      ...variables,
      messages: normalized.messages,
      tools: tools.length > 0 ? tools : abilities.noTools,
      add_generation_prompt: addGenerationPrompt,
    },
    changes: normalized.changes,
  };
}
