/**
 * Whether templates render as Jinja2 renders them, and how long it takes: all `*.jinja` of a folder with the conversations of
 * `test/goldens`. llama.cpp ships such a folder as `models/templates`.
 *
 *     npx turbo run build --filter=@halftone/chat
 *     python3 packages/chat/tools/render-goldens.py FOLDER > rendered.json
 *     node packages/chat/bench/templates.mjs FOLDER rendered.json
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { answerFormatOf, ChatError, compileChatTemplate, renderChat } from '../dist/index.js';

/** @typedef {import('../dist/index.js').ChatTemplate} ChatTemplate */
/** @typedef {{ messages: import('../dist/index.js').ChatMessage[], tools?: 'tools' | 'oddTools', addGenerationPrompt?: boolean }} Conversation */
/** @typedef {{ now: string, tools: import('../dist/index.js').ToolDefinition[], oddTools: import('../dist/index.js').ToolDefinition[], conversations: Record<string, Conversation> }} Given */

/** @typedef {Record<string, Record<string, { text?: string }>>} Rendered */

/** @param {string | URL} file @returns {unknown} */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const given = /** @type {Given} */ (readJson(new URL('../test/goldens/conversations.json', import.meta.url)));
const now = new Date(given.now);

/** @param {string} line */
function write(line) {
  process.stdout.write(`${line}\n`);
}

/** @param {() => string} render @returns {{ text?: string, code?: string, message?: string }} */
function outcome(render) {
  try {
    return { text: render() };
  } catch (error) {
    if (error instanceof ChatError) return { code: error.code, message: error.message };
    throw error;
  }
}

/**
 * The titles of the conversations that are not rendered as expected.
 *
 * @param {ChatTemplate} template
 * @param {Record<string, { text?: string }>} expected
 */
function differences(template, expected) {
  return Object.entries(given.conversations).flatMap(([title, conversation]) => {
    const variables = {
      messages: conversation.messages,
      tools: conversation.tools === undefined ? null : given[conversation.tools],
      add_generation_prompt: conversation.addGenerationPrompt ?? true,
    };
    const found = outcome(() => template.render(variables, now));
    if (found.text === expected[title]?.text) return [];
    return [`${title}${found.message === undefined ? '' : ` (${found.message})`}`];
  });
}

/**
 * What `renderChat` makes of the same conversations, where it cannot render one.
 *
 * @param {ChatTemplate} template
 */
function refusals(template) {
  return Object.entries(given.conversations).flatMap(([title, { messages, tools: named }]) => {
    const tools = named === undefined ? [] : given[named];
    const { code, message } = outcome(() => renderChat(template, { messages, tools, now }).text);
    return code === undefined || code === 'no-tools' ? [] : [`${title}: ${message}`];
  });
}

const [folder, rendered] = process.argv.slice(2);
if (folder === undefined) throw new Error('name a folder of templates');
const expected = /** @type {Rendered} */ (rendered === undefined ? {} : readJson(rendered));
let equal = 0;
let unequal = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.jinja'))) {
  const name = path.basename(file, '.jinja');
  const source = readFileSync(path.join(folder, file), 'utf8');
  const template = compileChatTemplate(source, { bos_token: '<s>', eos_token: '</s>' });
  const start = performance.now();
  const refused = refusals(template);
  const milliseconds = (performance.now() - start).toFixed(0);
  const { calls, reasoning } = answerFormatOf(source);
  const { abilities } = template;
  write(
    `${name}: ${calls} ${reasoning?.open ?? '-'}, calls as ${abilities.calls?.argumentsAs ?? 'none'}, ${milliseconds} ms`,
  );
  for (const line of refused) write(`  not rendered: ${line}`);
  const texts = expected[name];
  if (texts === undefined) continue;
  const different = differences(template, texts);
  for (const line of different) write(`  unlike Jinja2: ${line}`);
  unequal += different.length;
  equal += Object.keys(given.conversations).length - different.length;
}
if (rendered !== undefined) write(`${equal} renderings equal Jinja2's, ${unequal} do not`);
