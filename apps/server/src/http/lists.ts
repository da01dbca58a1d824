import { z } from 'zod';

/** Messages of a conversation, or items of one. Threat: templates that look at all of them for each. Largest: a day of an agent, some thousands. */
const MAX_MESSAGES = 4096;

/** Tools of a conversation. Threat: their names are compared with every token that may come. Largest: a host of many MCP servers, some hundreds. */
const MAX_TOOLS = 1024;

/** The messages of a conversation, whatever API they come by. */
export function messageList<Message extends z.ZodType>(message: Message) {
  return z.array(message).min(1).max(MAX_MESSAGES, `there are more than ${MAX_MESSAGES} messages`);
}

/** The tools of a conversation, whatever API they come by. */
export function toolList<Tool extends z.ZodType>(tool: Tool) {
  return z.array(tool).max(MAX_TOOLS, `there are more than ${MAX_TOOLS} tools`);
}
