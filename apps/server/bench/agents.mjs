/**
 * Agent programs at work on the demo model through this server: each is asked to run a command and to read a file. What it asked the server
 * for, which tools it ran and what it said in the end are told.
 *
 * They are some 700 MB, so the tests do without them: npm installs them, without their install scripts, into a folder that is kept.
 *
 *     npx turbo run build --filter=@halftone/server
 *     node apps/server/bench/agents.mjs --programs /tmp/agent-programs
 *     node apps/server/bench/agents.mjs --programs /tmp/agent-programs --only pi --model /path/model.gguf --context 32768
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { demoModel } from '@halftone/demo-model';
import { createApp, listenAt, openEngine } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string' },
    only: { type: 'string' },
    model: { type: 'string' },
    context: { type: 'string', default: '12288' },
  },
});
const programs = path.resolve(values.programs ?? path.join(tmpdir(), 'agent-programs'));
const context = Number(values.context);
const TIMEOUT = 180_000;

const tasks = ['Run ls in the current directory.', 'Read the file notes.txt and report what it says.'];
const NOTE = 'The harbour opens at six.';

/**
 * @typedef {object} Agent
 * @property {string} name
 * @property {string} package
 * @property {(url: string, home: string, work: string) => void} prepare writes what the program has to know
 * @property {(task: string) => readonly string[]} command
 * @property {(url: string, home: string) => Record<string, string>} environment
 */

/** @param {string} file @param {unknown} value */
function writeJson(file, value) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}

/** @param {string[]} parts */
const installed = (...parts) => path.join(programs, 'node_modules', ...parts);

/** @type {readonly Agent[]} */
const agents = [
  {
    name: 'pi',
    package: '@mariozechner/pi-coding-agent@0.73.1',
    prepare(url, home) {
      const models = [{ id: 'demo', contextWindow: context, maxTokens: 1024 }];
      const halftone = { baseUrl: `${url}/v1`, api: 'openai-completions', apiKey: 'none', models };
      writeJson(path.join(home, 'models.json'), { providers: { halftone } });
      // It keeps 16,384 tokens free, which is more than this context has.
      writeJson(path.join(home, 'settings.json'), { compaction: { enabled: false } });
    },
    command: (task) => [
      process.execPath,
      installed('@mariozechner/pi-coding-agent/dist/cli.js'),
      ...['--provider', 'halftone', '--model', 'demo', '--no-session', '-p', task],
    ],
    environment: (_, home) => ({ PI_CODING_AGENT_DIR: home, PI_OFFLINE: '1', PI_TELEMETRY: '0' }),
  },
  {
    name: 'opencode',
    package: 'opencode-ai@1.18.33',
    prepare(url, _, work) {
      writeJson(path.join(work, 'opencode.json'), {
        model: 'halftone/demo',
        small_model: 'halftone/demo',
        permission: 'allow',
        provider: {
          halftone: {
            npm: '@ai-sdk/openai-compatible',
            options: { baseURL: `${url}/v1`, apiKey: 'none' },
            models: { demo: { limit: { context, output: 512 } } },
          },
        },
      });
    },
    command: (task) => [installed(`opencode-${process.platform}-${process.arch}/bin/opencode`), 'run', task],
    environment: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' }),
  },
  {
    name: 'qwen-code',
    package: '@qwen-code/qwen-code@0.24.4',
    prepare() {
      // Everything is told on its command line.
    },
    command: (task) => [
      process.execPath,
      installed('@qwen-code/qwen-code/cli-entry.js'),
      ...['--auth-type', 'openai', '--yolo', '--bare', '--max-session-turns', '4'],
      // Its own instructions and tools alone are 20,730 tokens.
      ...['--system-prompt', 'You are a coding agent. Use the tools.', '-p', task],
    ],
    environment: (url) => ({
      OPENAI_BASE_URL: `${url}/v1`,
      OPENAI_API_KEY: 'none',
      OPENAI_MODEL: 'demo',
      QWEN_CODE_SUPPRESS_YOLO_WARNING: '1',
    }),
  },
];

/** @param {Agent} agent */
async function install(agent) {
  const folder = installed(agent.package.slice(0, agent.package.lastIndexOf('@')));
  if (existsSync(folder)) return;
  mkdirSync(programs, { recursive: true });
  const args = [
    'install',
    '--prefix',
    programs,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    agent.package,
  ];
  await once(spawn('npm', args, { stdio: 'inherit' }), 'exit');
}

/** A server that remembers what it was asked for. @param {import('../dist/index.js').Engine} engine */
async function recordingServer(engine) {
  /** @type {string[]} */
  const asked = [];
  const app = createApp(engine, {
    log: ({ method, path: where, status, error = '' }) => asked.push(`${method} ${where} ${status} ${error}`),
  });
  return { listening: await listenAt(app, { port: 0 }), asked };
}

/** @param {Agent} agent @param {string} task @param {string} url */
async function work(agent, task, url) {
  const root = mkdtempSync(path.join(tmpdir(), `${agent.name}-`));
  const [home, folder] = [path.join(root, 'home'), path.join(root, 'work')];
  mkdirSync(home);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'notes.txt'), `${NOTE}\n`);
  agent.prepare(url, home, folder);
  // Some of them go by PWD instead of the folder that they run in.
  const environment = { ...process.env, HOME: home, PWD: folder, ...agent.environment(url, home) };
  const [program = '', ...args] = agent.command(task);
  const child = spawn(program, args, {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  const take = (/** @type {Buffer} */ piece) => (output += piece.toString());
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  const began = performance.now();
  // Some of them start themselves again: whoever is in the group has to go.
  const late = setTimeout(() => process.kill(-Number(child.pid), 'SIGKILL'), TIMEOUT);
  await once(child, 'close');
  clearTimeout(late);
  rmSync(root, { recursive: true, force: true });
  return { output: output.trim(), seconds: (performance.now() - began) / 1000 };
}

const model = values.model ?? fileURLToPath(demoModel.model);
// Agents do not say how tokens are chosen. Two slots: some ask for a title beside their first question.
const engine = await openEngine({
  model,
  slots: 2,
  contextLength: 2 * context,
  sampling: { temperature: 0 },
});
const { listening, asked } = await recordingServer(engine);
try {
  for (const agent of agents.filter(({ name }) => values.only === undefined || name === values.only)) {
    await install(agent);
    for (const task of tasks) {
      asked.length = 0;
      const { output, seconds } = await work(agent, task, listening.url);
      console.log(`\n${agent.package}: ${task} (${seconds.toFixed(1)} s)`);
      for (const line of asked) console.log(`  ${line.trim()}`);
      console.log(output.replaceAll(/^/gm, '  | '));
    }
  }
} finally {
  await listening.close();
  await engine.close();
}
