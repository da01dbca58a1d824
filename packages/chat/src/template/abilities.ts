import { isChatErrorOf } from '../error';
import type { AssistantMessage, ChatMessage, MessageContent, ToolCall, ToolDefinition } from '../messages';

/** What a template can do with messages, and in which shape it wants them. */
export interface TemplateAbilities {
  /** Content as a text, or only as a list of parts. */
  readonly contentAs: 'text' | 'parts';
  /** Whether it knows lists of parts, which is where images stand. */
  readonly parts: boolean;
  /** Whether reasoning has to be a part of the content (`thinking`), as Mistral's templates want it. */
  readonly reasoningAsPart: boolean;
  /** Whether it has a place for a system message. */
  readonly system: boolean;
  /** Whether it refuses, or loses, messages that are not user and assistant in turn. */
  readonly alternates: boolean;
  /** How it wants calls of tools; `undefined` if it has no place for them. */
  readonly calls: CallAbilities | undefined;
  /** Whether it tells the model which tools there are. */
  readonly tools: boolean;
  /** What it wants to see where there are no tools: templates that are only for requests with tools loop over them unasked. */
  readonly noTools: null | readonly [];
}

/** What a template can do with calls of tools, and how it wants them. */
export interface CallAbilities {
  /** Arguments as text is better where it can be had: it stays as the model wrote it. */
  readonly argumentsAs: 'text' | 'object';
  /** Content beside calls where there is none. */
  readonly emptyContent: '' | null;
  /** Whether a message may have several calls. */
  readonly several: boolean;
  /** `nine`: exactly nine letters and digits, as older Mistral templates ask. */
  readonly ids: 'any' | 'nine';
}

/** Renders variables as they are. */
type Render = (variables: Readonly<Record<string, unknown>>) => string;

const NEEDLES = {
  user: 'uNEEDLEu',
  later: 'lNEEDLEl',
  system: 'sNEEDLEs',
  assistant: 'aNEEDLEa',
  reasoning: 'tNEEDLEt',
};
const TOOL = 'tool_needle';
const SECOND_TOOL = 'second_needle';
const RESULT = 'rNEEDLEr';
const ARGUMENTS_TEXT = '{"needle":"value_needle"}';

const user: ChatMessage = { role: 'user', content: NEEDLES.user };
const thoughtful: ChatMessage = {
  role: 'assistant',
  content: [
    { type: 'thinking', thinking: NEEDLES.reasoning },
    { type: 'text', text: NEEDLES.assistant },
  ],
};
const tools: readonly ToolDefinition[] = [
  {
    type: 'function',
    function: {
      name: TOOL,
      description: 'A tool.',
      parameters: { type: 'object', properties: { needle: { type: 'string', description: 'Text.' } } },
    },
  },
];

/** How a template wants one call. */
type OneCallAbilities = Omit<CallAbilities, 'several'>;

/** Every way, from the one that changes least. */
const callAbilities: readonly OneCallAbilities[] = (['any', 'nine'] as const).flatMap((ids) =>
  (['', null] as const).flatMap((emptyContent) =>
    (['text', 'object'] as const).map((argumentsAs) => ({ ids, emptyContent, argumentsAs })),
  ),
);

/**
 * Find out what a template can do by rendering small conversations and looking for what should be in the result. (The same
 * idea is in llama.cpp's minja; a template says nowhere else what it expects.)
 */
export function probeAbilities(render: Render): TemplateAbilities {
  const asParts: ChatMessage = { role: 'user', content: [{ type: 'text', text: NEEDLES.user }] };
  const noTools = [null, [] as const].find((none) =>
    [user, asParts].some((message) => showing(render, none)([message], [NEEDLES.user])),
  );
  const shows = showing(render, noTools ?? null);
  const contentAs = shows([user], [NEEDLES.user]) ? 'text' : 'parts';
  const content = (text: string): MessageContent => (contentAs === 'text' ? text : [{ type: 'text', text }]);
  const asked: ChatMessage = { role: 'user', content: content(NEEDLES.user) };
  const one = callAbilities.find((tried) => showsCall(shows, asked, tried));
  const calls = one === undefined ? undefined : { ...one, several: showsTwoCalls(shows, asked, one) };
  return {
    contentAs,
    parts: shows([asParts], [NEEDLES.user]),
    reasoningAsPart: shows([asked, thoughtful], [NEEDLES.reasoning, NEEDLES.assistant]),
    system: shows(
      [{ role: 'system', content: content(NEEDLES.system) }, asked],
      [NEEDLES.system, NEEDLES.user],
    ),
    alternates: !takesAnyOrder(shows, content, calls),
    calls,
    tools: shows([asked], [TOOL], tools),
    noTools: noTools ?? null,
  };
}

/** Whether a conversation can be rendered with all needles in the result. */
type Shows = (
  messages: readonly ChatMessage[],
  needles: readonly string[],
  tools?: readonly ToolDefinition[],
) => boolean;

function showing(render: Render, noTools: null | readonly []): Shows {
  return (messages, needles, given) => {
    const text = tryRender(render, { messages, tools: given ?? noTools, add_generation_prompt: false });
    // A template that knows no parts may write the list itself out, with the names of its keys.
    return text?.includes('"text"') === false && needles.every((needle) => text.includes(needle));
  };
}

function showsCall(shows: Shows, asked: ChatMessage, one: OneCallAbilities): boolean {
  const { argumentsAs } = one;
  const needles = argumentsAs === 'text' ? [ARGUMENTS_TEXT] : ['needle', 'value_needle'];
  return shows([asked, ...callAndResult(one)], [TOOL, RESULT, ...needles], tools);
}

/** Two calls in one message; the second has a needle of its own. */
function showsTwoCalls(shows: Shows, asked: ChatMessage, one: OneCallAbilities): boolean {
  const messages = callAndResult(one).map((message) =>
    message.role === 'assistant'
      ? { ...message, tool_calls: [...(message.tool_calls ?? []), ...secondCall(message.tool_calls)] }
      : message,
  );
  return shows([asked, ...messages], [TOOL, SECOND_TOOL], tools);
}

function secondCall(calls: AssistantMessage['tool_calls']): ToolCall[] {
  return (calls ?? []).map((call) => ({
    ...call,
    id: 'abcdef124',
    function: { ...call.function, name: SECOND_TOOL },
  }));
}

function callAndResult({ argumentsAs, emptyContent, ids }: OneCallAbilities): ChatMessage[] {
  const id = ids === 'nine' ? 'abcdef123' : 'call_0123456789';
  const args = argumentsAs === 'text' ? ARGUMENTS_TEXT : { needle: 'value_needle' };
  const call: AssistantMessage = {
    role: 'assistant',
    content: emptyContent,
    tool_calls: [{ id, type: 'function', function: { name: TOOL, arguments: args } }],
  };
  return [call, { role: 'tool', tool_call_id: id, name: TOOL, content: RESULT }];
}

/** A user who speaks right after a tool's result, and an assistant who speaks first. */
function takesAnyOrder(
  shows: Shows,
  content: (text: string) => MessageContent,
  calls: CallAbilities | undefined,
): boolean {
  const asked: ChatMessage = { role: 'user', content: content(NEEDLES.user) };
  const later: ChatMessage = { role: 'user', content: content(NEEDLES.later) };
  const greeting: ChatMessage = { role: 'assistant', content: content(NEEDLES.assistant) };
  const interrupted = calls === undefined ? [] : [...callAndResult(calls), later];
  return (
    shows([greeting, asked], [NEEDLES.assistant, NEEDLES.user]) &&
    (calls === undefined || shows([asked, ...interrupted], [NEEDLES.user, NEEDLES.later], tools))
  );
}

/** The rendered text, `undefined` if the template refuses or breaks, which is an answer too. */
function tryRender(render: Render, variables: Readonly<Record<string, unknown>>): string | undefined {
  try {
    return render(variables);
  } catch (error) {
    if (isChatErrorOf(error, ['refused', 'render-failed'])) return undefined;
    throw error;
  }
}
