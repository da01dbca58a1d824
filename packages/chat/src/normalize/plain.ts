import type { ChatMessage, MessageContent, OtherPart, TextPart } from '../messages';
import type { Content, PlainMessage } from './message';

/** A message in its plain form: `developer` is `system`, content is there, parts that are all text are one text. */
export function plainMessage(message: ChatMessage): PlainMessage {
  const common = {
    content: joinParts(message.content ?? ''),
    ...given('name', message.name),
  };
  switch (message.role) {
    case 'system':
    case 'developer':
      return { role: 'system', ...common, calls: [] };
    case 'user':
      return { role: 'user', ...common, calls: [] };
    case 'tool':
      return { role: 'tool', ...common, calls: [], ...given('callId', message.tool_call_id) };
    case 'assistant':
      return {
        role: 'assistant',
        ...common,
        ...given('reasoning', message.reasoning_content),
        calls: (message.tool_calls ?? []).map(({ id, function: called }) => ({
          id: id === '' ? undefined : (id ?? undefined),
          name: called.name,
          arguments: called.arguments,
        })),
      };
  }
}

/** A key, if there is a text to go with it. */
function given<Key extends string>(key: Key, text: string | null | undefined): Partial<Record<Key, string>> {
  return text === undefined || text === null || text === '' ? {} : ({ [key]: text } as Record<Key, string>);
}

/** Parts that are all text (or a refusal) as one text, a line each, as llama.cpp and vLLM join them; else the parts. */
function joinParts(content: NonNullable<MessageContent>): Content {
  if (typeof content === 'string') return content;
  const texts = content.map(textOfPart);
  return texts.every((text) => text !== undefined) ? texts.join('\n') : content;
}

function textOfPart(part: TextPart | OtherPart): string | undefined {
  if (part.type === 'text' && typeof part.text === 'string') return part.text;
  const refusal = part.type === 'refusal' ? part['refusal'] : undefined;
  return typeof refusal === 'string' ? refusal : undefined;
}
