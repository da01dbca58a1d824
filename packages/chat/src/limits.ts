/*
 * Every cap, with the threat and the largest legitimate example known. Templates come with model files and conversations
 * from clients: both may be hostile.
 */

/** UTF-16 units of a template. Threat: minutes of parsing. Largest: 16,738, gpt-oss. */
export const MAX_TEMPLATE_LENGTH = 1 << 20;

/**
 * Steps of one rendering: nodes evaluated, loops run through, and elements and text that came of it. Threat: loops that never
 * end; the cap is reached in some seconds. Largest: of llama.cpp's templates most take 10⁵ to 6·10⁵ steps for 4,000 messages
 * with 100 tools; the few that look at all messages for each message reach the cap at some 1,000 messages.
 */
export const MAX_RENDER_STEPS = 4_000_000;

/** Steps of one run through a loop, besides those of its body: the library makes a scope for each. */
export const STEPS_PER_RUN = 4;

/** Steps of one value that is written as text or compared, where it stands within lists and objects: each is many copies of short texts. */
export const STEPS_PER_VALUE = 4;

/** UTF-16 units of text, or elements of an array, that count as one step: copying is cheaper than evaluating. */
export const SIZE_PER_STEP = 256;

/** Elements of an array while a template is rendered. Threat: arrays that double. Largest: the messages, some thousands. */
export const MAX_ARRAY_LENGTH = 1 << 20;

/** Levels of objects and arrays in a message or a tool definition. Threat: the stack. Largest: about 20, schemas of tools. */
export const MAX_DEPTH = 200;

/** UTF-16 units of the name of a tool. Threat: an answer held back for ever. Largest: 64 by OpenAI's rules, 128 by MCP's. */
export const MAX_NAME_LENGTH = 256;

/** UTF-16 units of the head of a message of gpt-oss. Threat: an answer held back for ever. Largest: the name of a tool and some words. */
export const MAX_HEAD_LENGTH = MAX_NAME_LENGTH + 128;

/**
 * UTF-16 units that the parser holds back because they may begin a tool call. Threat: an answer that never shows. Largest:
 * the arguments of a call that come before its name, some thousands.
 */
export const MAX_HELD_LENGTH = 1 << 16;
