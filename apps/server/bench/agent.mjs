/**
 * What a server reads again in a conversation of an agent: ten requests, each with the messages of the one before, the model's answer and
 * what is new. The client writes the JSON of calls as `JSON.stringify` does, as many agents do.
 *
 *     npx turbo run build --filter=@halftone/server
 *     node apps/server/bench/agent.mjs --model model.gguf --peer /path/to/llama-server
 *
 * Without a model it takes the demo model's. For each request: tokens of the prompt, those that are new, and those that were read beyond
 * what is new. The peer runs on the same file in the same run.
 */
import { spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { demoModel } from '@halftone/demo-model';
import { createApp, listenAt, openEngine } from '../dist/index.js';

const TURNS = 10;
const CONTEXT = 12_288;
const PEER_PORT = 18_473;
const { values } = parseArgs({ options: { model: { type: 'string' }, peer: { type: 'string' } } });
const model = values.model ?? fileURLToPath(demoModel.model);

const cities = ['Paris', 'Vilnius', 'Rome', 'Dakar', 'Tallinn', 'Dublin', 'Oslo', 'Lima', 'Cairo', 'Quito'];
const parameters = (/** @type {Record<string, object>} */ properties) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});
const tools = [
  [
    'get_weather',
    'Get the current weather of a city.',
    { city: { type: 'string' }, unit: { enum: ['celsius', 'fahrenheit'] } },
  ],
  ['read_file', 'Read a file from the workspace.', { path: { type: 'string' } }],
].map(([name, description, properties]) => ({
  type: 'function',
  function: { name, description, parameters: parameters(/** @type {Record<string, object>} */ (properties)) },
}));

/** @typedef {{ role: string, content: string | null, tool_calls?: { id: string, function: { name: string, arguments: string } }[] }} Answer */
/** @typedef {{ choices: { message: Answer }[], usage: { prompt_tokens: number, completion_tokens: number }, timings: { prompt_n: number } }} ChatAnswer */
/** @typedef {{ read: number, fresh: number, beyond: number, calls: number, milliseconds: number }} Turn */

/** @param {string} url @returns {Promise<Turn[]>} */
async function converse(url) {
  /** @type {object[]} */
  const messages = [
    { role: 'system', content: 'You help people with the weather. Always use celsius.' },
    { role: 'user', content: `What is the weather in ${cities[0]} in celsius?` },
  ];
  const turns = [];
  let before = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    const began = performance.now();
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'any', messages, tools, temperature: 0, max_tokens: 96 }),
    });
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
    const answer = await response.json();
    const { choices, usage, timings } = /** @type {ChatAnswer} */ (answer);
    const { message } = choices[0] ?? { message: { role: 'assistant', content: '' } };
    const fresh = usage.prompt_tokens - before;
    const milliseconds = performance.now() - began;
    const calls = message.tool_calls ?? [];
    turns.push({
      read: usage.prompt_tokens,
      fresh,
      beyond: timings.prompt_n - fresh,
      calls: calls.length,
      milliseconds,
    });
    before = usage.prompt_tokens + usage.completion_tokens;
    messages.push({
      role: 'assistant',
      content: message.content ?? '',
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(rewritten) }),
    });
    for (const { id } of calls) messages.push({ role: 'tool', tool_call_id: id, content: '{"celsius":21}' });
    if (calls.length === 0) {
      messages.push({
        role: 'user',
        content: `And what is the weather in ${cities[(turn + 1) % cities.length]} in celsius?`,
      });
    }
  }
  return turns;
}

/** @param {{ id: string, function: { name: string, arguments: string } }} call */
function rewritten({ id, function: { name, arguments: text } }) {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(JSON.parse(text)) } };
}

/** @param {string} name @param {Turn[]} turns */
function tell(name, turns) {
  console.log(`\n${name}\nturn  prompt   new  beyond new  calls     ms`);
  for (const [index, { read, fresh, beyond, calls, milliseconds }] of turns.entries()) {
    const cells = [
      [String(index + 1), 4],
      [String(read), 8],
      [index === 0 ? '-' : String(fresh), 6],
      [index === 0 ? '-' : String(beyond), 12],
      [String(calls), 7],
      [milliseconds.toFixed(0), 7],
    ];
    console.log(cells.map(([text, width]) => String(text).padStart(Number(width))).join(''));
  }
  const later = turns.slice(1);
  console.log(`at most ${Math.max(...later.map(({ beyond }) => beyond))} tokens beyond what is new`);
}

async function ours() {
  const engine = await openEngine({ model, slots: 1, contextLength: CONTEXT });
  const listening = await listenAt(createApp(engine), { port: 0 });
  try {
    tell(`halftone, ${engine.model.backend}`, await converse(listening.url));
  } finally {
    await listening.close();
    await engine.close();
  }
}

/** @param {string} peer */
async function theirs(peer) {
  const args = ['-m', model, '-c', String(CONTEXT), '-np', '1', '--jinja', '--port', String(PEER_PORT)];
  const child = spawn(peer, args, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${PEER_PORT}`;
  try {
    for (let tries = 0; tries < 120; tries++) {
      const health = await fetch(`${url}/health`).catch(() => undefined);
      if (health?.ok === true) break;
      await setTimeout(500);
    }
    tell(`peer ${peer}`, await converse(url));
  } finally {
    child.kill();
  }
}

await ours();
if (values.peer !== undefined) await theirs(values.peer);
