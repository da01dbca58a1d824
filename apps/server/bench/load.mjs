/**
 * A server under load: so many clients, each of which asks again as soon as it has its answer, for so many seconds; one of eight goes away in
 * the middle. Time to the first token and between tokens, tokens in a second, refusals, and what is left behind: slots and memory. Servers are
 * processes of their own, so that their memory and time are not the clients'; what stays is made
 * before it is measured: prompts fill the cache, and a first load lasts a third of the time.
 *
 *     npx turbo run build --filter=@halftone/server
 *     node apps/server/bench/load.mjs --clients 64 --seconds 60 --slots 8 --peer /path/to/llama-server
 */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { demoModel } from '@halftone/demo-model';
import { createApp, listenAt, openEngine } from '../dist/index.js';

const PEER_PORT = 18_474;
const TOKENS = 48;
const SLOT_TOKENS = 1024;
const headers = { 'content-type': 'application/json' };
const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    peer: { type: 'string' },
    clients: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '60' },
    slots: { type: 'string', default: '8' },
    /** For the bench itself: be the server. */
    serve: { type: 'boolean', default: false },
  },
});
const model = values.model ?? fileURLToPath(demoModel.model);
const [clients, seconds, slots] = [values.clients, values.seconds, values.slots].map(Number);

/** @typedef {{ first: number[], between: number[], tokens: number, answers: number, left: number, seconds: number, failures: Map<string, number> }} Figures */

/** One answer of a stream, or half of one. @param {string} url @param {string} content @param {boolean} leaves @param {Figures} figures */
async function ask(url, content, leaves, figures) {
  const controller = new AbortController();
  const began = performance.now();
  const response = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    headers,
    body: JSON.stringify({
      prompt: content,
      stream: true,
      max_tokens: TOKENS,
      logit_bias: { 2: -100 },
    }),
    signal: controller.signal,
  });
  if (!response.ok || response.body === null) throw new Error(String(response.status));
  let last = 0;
  for await (const chunk of response.body) {
    const count =
      Buffer.from(chunk)
        .toString()
        .match(/"text": ?"./g)?.length ?? 0;
    if (count === 0) continue;
    const now = performance.now();
    if (last === 0) figures.first.push(now - began);
    else figures.between.push((now - last) / count);
    last = now;
    figures.tokens += count;
    if (leaves && figures.tokens % 7 === 0) {
      controller.abort();
      figures.left++;
      return;
    }
  }
  figures.answers++;
}

/** @param {string} url @param {number} duration In seconds. @returns {Promise<Figures>} */
async function load(url, duration) {
  /** @type {Figures} */
  const figures = { first: [], between: [], tokens: 0, answers: 0, left: 0, seconds: 0, failures: new Map() };
  const began = performance.now();
  const end = began + 1000 * duration;
  await Promise.all(
    Array.from({ length: Number(clients) }, async (_, client) => {
      for (let round = 0; performance.now() < end; round++) {
        const content = `Client ${client} asks for the ${round}th time: tell me about the sea.`;
        await ask(url, content, client % 8 === 7, figures).catch((/** @type {unknown} */ error) => {
          if (error instanceof DOMException && error.name === 'AbortError') return;
          const name = error instanceof Error ? error.message : String(error);
          figures.failures.set(name, (figures.failures.get(name) ?? 0) + 1);
        });
      }
    }),
  );
  // What had begun before the end is waited for, and counts.
  figures.seconds = (performance.now() - began) / 1000;
  return figures;
}

/** @param {number[]} figures @param {number} share */
function percentile(figures, share) {
  const sorted = figures.toSorted((a, b) => a - b);
  return (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0);
}

/** @param {string} name @param {Figures} figures */
function tell(name, { first, between, tokens, answers, left, seconds: took, failures }) {
  console.log(`\n${name}: ${clients} clients, ${slots} slots, ${seconds} s`);
  console.log(`answers ${answers}, left by their client ${left}, failures ${JSON.stringify([...failures])}`);
  console.log(`tokens a second ${(tokens / took).toFixed(0)}`);
  for (const [what, list] of /** @type {const} */ ([
    ['ms to the first token', first],
    ['ms between tokens', between],
  ])) {
    console.log(
      `${what}: median ${percentile(list, 0.5)}, 95 % ${percentile(list, 0.95)}, 99 % ${percentile(list, 0.99)}`,
    );
  }
}

/** Resident memory of a process. @param {number | undefined} process */
function megabytes(process) {
  const pages = Number(readFileSync(`/proc/${process}/statm`, 'utf8').split(' ')[1]);
  return (pages * 4096) / 1e6;
}

/** Memory when nothing is asked for. @param {import('node:child_process').ChildProcess} server */
async function settled({ pid }) {
  await setTimeout(3000);
  return megabytes(pid);
}

/** Let prompts fill the room of all slots: until then each new cell of the cache takes memory. @param {string} url */
async function fill(url) {
  await Promise.all(
    Array.from({ length: Number(slots) }, async (_, slot) => {
      const prompt = Array.from(
        { length: SLOT_TOKENS - 8 },
        (_, place) => 300 + ((place * (slot + 2)) % 1000),
      );
      const body = JSON.stringify({ prompt, max_tokens: 1 });
      await (await fetch(`${url}/v1/completions`, { method: 'POST', headers, body })).text();
    }),
  );
}

/**
 * Load a server that a process is.
 *
 * @param {string} name
 * @param {string} url
 * @param {import('node:child_process').ChildProcess} server
 */
async function measure(name, url, server) {
  await fill(url);
  await load(url, Number(seconds) / 3);
  const before = await settled(server);
  tell(name, await load(url, Number(seconds)));
  const after = await settled(server);
  const growth = ((100 * (after - before)) / before).toFixed(1);
  console.log(`memory ${before.toFixed(0)} MB before, ${after.toFixed(0)} MB after: ${growth} %`);
}

/** Be the server, until the other side hangs up. */
async function serve() {
  const engine = await openEngine({
    model,
    slots: Number(slots),
    contextLength: Number(slots) * SLOT_TOKENS,
  });
  const listening = await listenAt(createApp(engine), { port: 0 });
  process.send?.({ url: listening.url, backend: engine.model.backend });
  await once(process, 'disconnect');
  await listening.close();
  await engine.close();
}

async function ours() {
  const server = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--serve']);
  try {
    /** @type {{ url: string, backend: string }} */
    const { url, backend } = await new Promise((resolve) => server.once('message', resolve));
    await measure(`halftone, ${backend}`, url, server);
    const states = /** @type {{ is_processing: boolean }[]} */ (await (await fetch(`${url}/slots`)).json());
    console.log(`slots in use ${states.filter((slot) => slot.is_processing).length}`);
  } finally {
    server.disconnect();
  }
}

/** @param {string} peer */
async function theirs(peer) {
  const args = [
    '-m',
    model,
    '-c',
    String(Number(slots) * SLOT_TOKENS),
    '-np',
    String(slots),
    '--jinja',
    '-cb',
    '--port',
    String(PEER_PORT),
  ];
  const child = spawn(peer, args, { stdio: 'ignore', cwd: tmpdir() });
  const url = `http://127.0.0.1:${PEER_PORT}`;
  try {
    for (let tries = 0; tries < 120; tries++) {
      const health = await fetch(`${url}/health`).catch(() => undefined);
      if (health?.ok === true) break;
      await setTimeout(500);
    }
    await measure(`peer ${peer}`, url, child);
  } finally {
    child.kill();
  }
}

if (values.serve) await serve();
else {
  await ours();
  if (values.peer !== undefined) await theirs(values.peer);
}
