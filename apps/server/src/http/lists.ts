import { z } from 'zod';
import { inputSchema } from './input-schema';
import { issueMessage } from './schema-error';

/** Messages of a conversation, or items of one. Threat: templates that look at all of them for each. Largest: a day of an agent, some thousands. */
const MAX_MESSAGES = 4096;

/** Tools of a conversation. Threat: their names are compared with every token that may come. Largest: a host of many MCP servers, some hundreds. */
const MAX_TOOLS = 1024;

/** UTF-16 units of the name of a model, which any may be. Threat: it stands in every piece of a stream. Largest: a path, some hundred. */
const MAX_NAME = 1024;

/** Elements that are checked at once: of those behind one that is wrong, so many are looked at. */
const CHECKED_AT_ONCE = 64;

/** Why a part of a message that is no text, such as an image, is refused. */
export const ONLY_TEXT = 'only text is read';

/** The name of a model, as a client calls it. */
export const modelName = z.string().max(MAX_NAME);

/** The messages of a conversation, whatever API they come by. */
export function messageList<Message extends z.ZodType>(message: Message) {
  return listOf(message, { least: 1, most: MAX_MESSAGES });
}

/** The tools of a conversation, whatever API they come by. */
export function toolList<Tool extends z.ZodType>(tool: Tool) {
  return listOf(tool, { most: MAX_TOOLS });
}

/** How many elements a list may have. */
export interface ListLimits {
  readonly least?: number;
  readonly most?: number;
}

/**
 * A list that is checked up to the first element that is wrong. An array of zod's checks all before it counts them, and tells of all that are
 * wrong: with many thousands, that takes seconds in which nobody else is answered.
 */
export function listOf<Element extends z.ZodType>(element: Element, { least, most }: ListLimits = {}) {
  const items = { ...inputSchema(element) };
  delete items.$schema;
  const some = z.array(element);
  let list = z.array(z.unknown());
  if (least !== undefined) list = list.min(least);
  if (most !== undefined) list = list.max(most);
  return list.meta({ items }).transform((found, context): z.output<Element>[] => {
    const checked: z.output<Element>[] = [];
    for (let start = 0; start < found.length; start += CHECKED_AT_ONCE) {
      const { data, error } = some.safeParse(found.slice(start, start + CHECKED_AT_ONCE), {
        error: issueMessage,
      });
      for (const one of data ?? []) checked.push(one);
      const [issue] = error?.issues ?? [];
      if (issue === undefined) continue;
      const [place, ...rest] = issue.path;
      context.issues.push({ ...issue, path: [start + Number(place), ...rest], input: undefined });
      return z.NEVER;
    }
    return checked;
  });
}
