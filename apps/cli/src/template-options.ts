import { isJsonObject, type JsonValue } from '@halftone/chat';
import type { GivenTemplate } from '@halftone/conversation';
import { group, object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { optional } from '@optique/core/modifiers';
import type { InferValue } from '@optique/core/parser';
import { option } from '@optique/core/primitives';
import { string } from '@optique/core/valueparser';
import { readInputText } from './input-file';
import { UsageError } from './quantize-words';

/** Bytes of a file with a template. Threat: files that never end. Largest: 3 for each character of the longest template that is read, 2^20. */
const MAX_FILE_LENGTH = 1 << 22;

/** Which chat template a conversation gets, and what more it is told. */
export const templates = group(
  'Chat template',
  object({
    chatTemplate: optional(
      option('--chat-template', string({ metavar: 'TEXT' }), {
        description: message`A chat template in Jinja that takes the place of the model's own.`,
      }),
    ),
    chatTemplateFile: optional(
      option('--chat-template-file', string({ metavar: 'FILE' }), {
        description: message`The same, from a file.`,
      }),
    ),
    chatTemplateKwargs: optional(
      option('--chat-template-kwargs', string({ metavar: 'JSON' }), {
        description: message`More variables of the template, as an object: '{"enable_thinking": false}'.`,
      }),
    ),
  }),
);

/** What {@link templates} was understood as. */
export type TemplateOptions = InferValue<typeof templates>;

/**
 * The template that was given; `undefined` where it is the model's own.
 *
 * @throws UsageError for two of them. @throws InputFileError for a file that cannot be read, or is longer than any template.
 */
export async function givenTemplate({
  chatTemplate,
  chatTemplateFile: file,
}: TemplateOptions): Promise<GivenTemplate | undefined> {
  if (chatTemplate !== undefined && file !== undefined) {
    throw new UsageError('usage', 'two chat templates are given', {
      found: '--chat-template and --chat-template-file',
      allowed: 'one of them',
    });
  }
  if (file !== undefined) {
    return { source: await readInputText(file, 'the chat template', MAX_FILE_LENGTH), file };
  }
  return chatTemplate === undefined ? undefined : { source: chatTemplate };
}

/** The variables that were given. @throws UsageError for what is no JSON object. */
export function templateVariables({
  chatTemplateKwargs: given,
}: TemplateOptions): Readonly<Record<string, JsonValue>> {
  if (given === undefined) return {};
  const value = parsed(given);
  // What JSON gives has no key without a value.
  if (isJsonObject(value)) return value as Readonly<Record<string, JsonValue>>;
  throw new UsageError('usage', '--chat-template-kwargs is no JSON object', {
    found: given.length > 100 ? `${given.slice(0, 100)}…` : given,
    allowed: 'an object, such as {"enable_thinking": false}',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
