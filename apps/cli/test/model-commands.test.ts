import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halftone, startHalftone } from './halftone';

const model = fileURLToPath(demoModel.model);
const text = fileURLToPath(demoModel.validationText);

/** Short chunks, so that each backend is done in seconds. */
const short = ['-f', text, '-c', '128', '--chunks', '3'];

/** `llama-perplexity -m demo-10M-BF16.gguf -f validation.txt -c 128 -b 128 --chunks 3` of ik_llama.cpp 8337e4cd3. */
const PEER_PERPLEXITY = 62.192;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-models-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly perplexity: number;
  readonly error: number;
}

describe('halftone tokenize', () => {
  it('gives ids, and the texts that they stand for', async () => {
    const { stdout } = await halftone('tokenize', '-m', model, '-p', 'The weather', '--ids');
    // By llama-tokenize of ik_llama.cpp.
    expect(JSON.parse(stdout)).toEqual([1, 509, 765, 1770]);
    const table = await halftone('tokenize', '-m', model, '-p', 'The weather', '--no-bos', '--show-count');
    expect(table.stdout).toMatch(/509 {2}"The"/);
    expect(table.stdout).toMatch(/3 tokens\n$/);
  });

  it('takes special tokens for text where asked to', async () => {
    const ids = async (...args: string[]): Promise<number[]> =>
      JSON.parse(
        (await halftone('tokenize', '-m', model, '-p', '[INST]', '--no-bos', '--ids', ...args)).stdout,
      ) as number[];
    expect(await ids()).toHaveLength(1);
    expect((await ids('--no-parse-special')).length).toBeGreaterThan(1);
  });

  it('reads a text from standard input', async () => {
    const { child, ended } = startHalftone(['tokenize', '-m', model, '-f', '-', '--no-bos', '--json']);
    child.stdin?.end('The weather');
    expect(JSON.parse((await ended).stdout)).toEqual({ model, count: 3, ids: [509, 765, 1770] });
  });

  it('wants one text', async () => {
    const { code, stderr } = await halftone('tokenize', '-m', model);
    expect(code).toBe(2);
    expect(stderr).toMatch(/found none, allowed -p TEXT or -f FILE/);
  });
});

describe('halftone perplexity', () => {
  it.each(['auto', 'wasm', 'reference'])('is that of the peer, on the backend %s', async (backend) => {
    const { stdout } = await halftone('perplexity', '-m', model, ...short, '--backend', backend, '--json');
    const { perplexity, error } = JSON.parse(stdout) as Told;
    expect(Math.abs(perplexity / PEER_PERPLEXITY - 1)).toBeLessThan(0.003);
    expect(error).toBeCloseTo(16.22, 0);
  });

  it('writes predictions that models are compared with, as the base itself is', async () => {
    const base = join(folder, 'base.kld');
    await halftone('perplexity', '-m', model, ...short, '--kl-divergence-base', base);
    const { code, stdout } = await halftone('kld', '--base', base, model, '--json');
    expect(code).toBe(0);
    const told = JSON.parse(stdout) as {
      models: { divergence: { mean: { value: number } }; sameTop: { value: number } }[];
    };
    expect(told.models[0]?.divergence.mean.value).toBeLessThan(1e-4);
    expect(told.models[0]?.sameTop.value).toBeGreaterThan(0.98);
  });

  it('does not tell an error where too little was measured, and warns of a context beyond the training', async () => {
    const few = await halftone('perplexity', '-m', model, '-f', text, '-c', '4', '--chunks', '2');
    expect(few.stdout).toMatch(/^perplexity [\d.]+ \+\/- \(not known: too few samples\) over 2 chunks/);
    const long = await halftone('perplexity', '-m', model, '-f', join(folder, 'none.txt'), '-c', '12289');
    expect(long.stderr).not.toMatch(/warning/);
    await writeFile(join(folder, 'short.txt'), 'Too short.');
    const args = ['-f', join(folder, 'short.txt'), '-c', '12289'];
    expect((await halftone('perplexity', '-m', model, ...args)).stderr).toMatch(
      /warning: .*context of 12289 tokens is longer than the 12288/,
    );
  });

  it('says what is wrong with a text before it works', async () => {
    const empty = join(folder, 'empty.txt');
    await writeFile(empty, '');
    const { code, stderr } = await halftone('perplexity', '-m', model, '-f', empty);
    expect(code).toBe(1);
    expect(stderr).toMatch(/too short .*found 1 tokens, allowed at least 1024/);
    const missing = await halftone('perplexity', '-m', model, '-f', join(folder, 'none.txt'));
    expect(missing.stderr).toMatch(/cannot read the text/);
  });
});

describe('halftone kld', () => {
  it('compares several models with their base in one pass', async () => {
    const quantized = join(folder, 'q8_0.gguf');
    await halftone('quantize', model, quantized, 'Q8_0');
    const { code, stdout } = await halftone('kld', '--base', model, quantized, model, ...short, '--csv');
    expect(code).toBe(0);
    const [heading = '', first = '', second = ''] = stdout.trim().split('\n');
    const column = heading.split(',').indexOf('kld');
    expect(Number(first.split(',')[column])).toBeGreaterThan(1e-5);
    expect(Number(first.split(',')[column])).toBeLessThan(5e-3);
    expect(Math.abs(Number(second.split(',')[column]))).toBeLessThan(1e-6);
  });

  it('gives one form of the result', async () => {
    const { code, stderr } = await halftone('kld', '--base', model, model, ...short, '--csv', '--json');
    expect(code).toBe(2);
    expect(stderr).toMatch(/found --json and --csv, allowed one of them/);
  });

  it('wants a text for a base model', async () => {
    const { code, stderr } = await halftone('kld', '--base', model, model);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Give a text with -f/);
  });
});

describe('halftone imatrix -m', () => {
  it('computes what the quantizer takes, and the statistics show', async () => {
    const matrix = join(folder, 'imatrix.gguf');
    const { code, stdout } = await halftone('imatrix', '-m', model, ...short, '-o', matrix);
    expect(code).toBe(0);
    expect(stdout).toMatch(/56 entries from 3 chunks of 128 rows/);
    // The scored tokens are those of perplexity.
    expect(Number(/perplexity ([\d.]+)/.exec(stdout)?.[1])).toBeCloseTo(PEER_PERPLEXITY, 0);
    expect((await halftone('imatrix', 'show', matrix)).stdout).toMatch(/blk\.7\.ffn_down\.weight/);
    const output = join(folder, 'out.gguf');
    const recipe = fileURLToPath(demoModel.recipe);
    const quantized = await halftone(
      'quantize',
      '--strict',
      '--recipe',
      recipe,
      '--imatrix',
      matrix,
      model,
      output,
      'IQ4_KSS',
    );
    expect(quantized.code).toBe(0);
    expect((await readFile(output)).length).toBeGreaterThan(1e6);
  });
});

describe('halftone run', () => {
  const tools = [
    {
      type: 'function',
      function: {
        name: 'get_weather',
        description: 'Get the current weather of a city.',
        parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    },
  ];

  it('answers with a tool call, and shows it', async () => {
    const file = join(folder, 'tools.json');
    await writeFile(file, JSON.stringify(tools));
    const args = ['run', '-m', model, '-p', 'What is the weather in Paris?', '--tools', file, '--temp', '0'];
    expect((await halftone(...args)).stdout).toBe('call get_weather({"city": "Paris"})\n');
    const { calls } = JSON.parse((await halftone(...args, '--json')).stdout) as { calls: unknown[] };
    expect(calls).toMatchObject([{ name: 'get_weather', arguments: '{"city": "Paris"}', complete: true }]);
  });

  it('goes on with a text, the same for the same seed', async () => {
    const args = ['run', '-m', model, '-no-cnv', '-p', 'The capital of France', '-n', '8', '-s', '7'];
    const { code, stdout } = await halftone(...args);
    expect(code).toBe(0);
    expect(stdout.trim()).not.toBe('');
    expect((await halftone(...args)).stdout).toBe(stdout);
  });

  it('does not choose a token that is banned', async () => {
    const args = ['run', '-m', model, '-no-cnv', '-p', 'The', '-n', '1', '--temp', '0'];
    const first = (await halftone(...args)).stdout;
    const ids = await halftone('tokenize', '-m', model, '-p', first.trimEnd(), '--no-bos', '--ids');
    const [token = -1] = JSON.parse(ids.stdout) as number[];
    const other = await halftone(...args, '--logit-bias', `${token}-inf`);
    expect([other.code, other.stdout === first]).toEqual([0, false]);
    const beyond = await halftone(...args, '-l', '8192+1');
    expect(beyond.stderr).toMatch(/found 8192, allowed 0 to 8191/);
  });

  it('refuses a prompt that is longer than the context, in the words of the command', async () => {
    const { code, stdout, stderr } = await halftone(
      'run',
      '-m',
      model,
      '-p',
      'Hello to all of you',
      '-c',
      '4',
    );
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /longer than the context \(found \d+ tokens, allowed 4\)\. Give a larger context with -c/,
    );
  });

  it('ends an answer where the context is full, and says so', async () => {
    const args = ['-no-cnv', '-p', 'The capital', '-c', '8', '--temp', '0', '-l', '2-inf'];
    const { code, stderr } = await halftone('run', '-m', model, ...args);
    expect(code).toBe(0);
    expect(stderr).toMatch(/cut off because the context of 8 tokens is full: a larger one with -c/);
  });

  it('answers line by line with lines of JSON, and does not send empty lines', async () => {
    const { child, ended } = startHalftone(['run', '-m', model, '-n', '2', '--temp', '0', '--json']);
    child.stdin?.end('\nHello\n  \n');
    const lines = (await ended).stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { reason: string }).reason)).toEqual(['max-tokens']);
  });

  it('answers what a grammar allows, and refuses what is no grammar', async () => {
    const file = join(folder, 'answer.gbnf');
    await writeFile(file, 'root ::= ("yes" | "no") "."\n');
    const args = ['run', '-m', model, '-p', 'Is water wet?', '-s', '1'];
    expect((await halftone(...args, '--grammar-file', file)).stdout).toMatch(/^(yes|no)\.\n$/);
    const wrong = await halftone(...args, '--grammar', 'root ::= root');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toMatch(/begins with itself/);
  });

  it('refuses tools that are none', async () => {
    const file = join(folder, 'no-tools.json');
    await writeFile(file, '[{"name": "get_weather"}]');
    const { code, stderr } = await halftone('run', '-m', model, '-p', 'Hello', '--tools', file);
    expect(code).toBe(2);
    expect(stderr).toMatch(/the tools cannot be read/);
  });
});

describe('halftone bench', () => {
  it('has the columns of llama-bench, a line for each test', async () => {
    const { code, stdout } = await halftone(
      'bench',
      '-m',
      model,
      '-p',
      '8,16',
      '-n',
      '2',
      '-d',
      '4',
      '-r',
      '1',
    );
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe('| model | size | params | backend | threads | test | t/s |');
    expect(stdout).toMatch(/pp8 @ d4 .*\n.*pp16 @ d4 .*\n.*tg2 @ d4 /);
  });

  it('refuses what is no number of tokens', async () => {
    expect((await halftone('bench', '-m', model, '-p', '8x')).code).toBe(2);
    expect((await halftone('bench', '-m', model, '-p', '0', '-n', '0')).code).toBe(2);
  });
});
