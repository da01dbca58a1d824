import { z } from 'zod';

/** Messages of a conversation, or items of one. Threat: templates that look at all of them for each. Largest: a day of an agent, some thousands. */
const MAX_MESSAGES = 4096;

/** Tools of a conversation. Threat: their names are compared with every token that may come. Largest: a host of many MCP servers, some hundreds. */
const MAX_TOOLS = 1024;

/** UTF-16 units of the name of a model, which any may be. Threat: it stands in every piece of a stream. Largest: a path, some hundred. */
const MAX_NAME = 1024;

/** What is said to a part of a message that is no text, such as an image. */
export const ONLY_TEXT = 'only text is read';

/** The name of a model, as a client calls it. */
export const modelName = z.string().max(MAX_NAME);

/** The messages of a conversation, whatever API they come by. */
export function messageList<Message extends z.ZodType>(message: Message) {
  const many = z.array(z.unknown()).min(1);
  return eachOf(many.max(MAX_MESSAGES, `there are more than ${MAX_MESSAGES} messages`), message);
}

/** The tools of a conversation, whatever API they come by. */
export function toolList<Tool extends z.ZodType>(tool: Tool) {
  return eachOf(z.array(z.unknown()).max(MAX_TOOLS, `there are more than ${MAX_TOOLS} tools`), tool);
}

/** A list of any length. */
export function listOf<Element extends z.ZodType>(element: Element) {
  return eachOf(z.array(z.unknown()), element);
}

/**
 * A list that is checked up to the first element that is wrong. An array of zod's checks all before it counts them, and tells of all that are
 * wrong: with many thousands, that takes seconds in which nobody else is answered.
 */
function eachOf<Element extends z.ZodType>(list: z.ZodArray<z.ZodUnknown>, element: Element) {
  const items = { ...z.toJSONSchema(element, { io: 'input', unrepresentable: 'any' }) };
  delete items.$schema;
  return list.meta({ items }).transform((found, context): z.output<Element>[] => {
    const checked: z.output<Element>[] = [];
    for (const [place, one] of found.entries()) {
      const { data, error } = element.safeParse(one);
      if (error !== undefined) {
        const [issue] = error.issues;
        if (issue !== undefined)
          context.issues.push({ ...issue, path: [place, ...issue.path], input: undefined });
        return z.NEVER;
      }
      checked.push(data);
    }
    return checked;
  });
}
