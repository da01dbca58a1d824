import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { describe, expect, it } from 'vitest';
import { halftone, startHalftone } from './halftone';

const model = fileURLToPath(demoModel.model);

/** A server of one slot, and where it listens. */
async function started(...options: readonly string[]) {
  const args = ['serve', '-m', model, '--port', '0', '-c', '1024', '-np', '1', '--json', ...options];
  const { child, ended } = startHalftone(args);
  if (child.stdout === null || child.stderr === null) throw new Error('there is no output');
  let stderr = '';
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  const failed = ended.then((run) => Promise.reject(new Error(run.stderr)));
  failed.catch(() => undefined);
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), failed])) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return { child, ended, url, stderr: () => stderr };
}

describe('halftone serve', () => {
  it('answers at a port until it is told to end', async () => {
    const { child, ended, url } = await started('--api-key', 'secret', '--no-webui');
    const ask = (key: string) =>
      fetch(`${url}/v1/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}` },
        body: JSON.stringify({ prompt: 'Once', max_tokens: 3, temperature: 0 }),
      });
    expect((await ask('wrong')).status).toBe(401);
    expect((await fetch(url, { headers: { authorization: 'Bearer secret' } })).status).toBe(404);
    const answer = (await (await ask('secret')).json()) as { usage: { completion_tokens: number } };
    expect(answer.usage.completion_tokens).toBe(3);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(143);
  });

  it('finishes what runs when it is told to end, and ends at once when it is told so again', async () => {
    const { child, ended, url } = await started('--no-webui', '--allowed-host', 'mybox');
    const ask = (max_tokens: number) =>
      fetch(`${url}/v1/completions`, {
        method: 'POST',
        body: JSON.stringify({ prompt: 'Once', max_tokens, stream: true, logit_bias: { 2: -100 } }),
      });
    const running = await ask(900);
    const waiting = ask(900);
    await expect
      .poll(async () => (await fetch(`${url}/metrics`)).text())
      .toMatch(/^llamacpp:requests_deferred 1$/m);
    child.kill('SIGINT');
    expect((await waiting).status).toBe(503);
    expect(await running.text()).toMatch(/\[DONE\]\n\n$/);
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([130, expect.stringMatching(/once more ends at once/)]);

    const second = await started('--no-webui');
    const answer = await fetch(`${second.url}/v1/completions`, {
      method: 'POST',
      body: JSON.stringify({ prompt: 'Once', max_tokens: 1000, stream: true, logit_bias: { 2: -100 } }),
    });
    second.child.kill('SIGTERM');
    await expect.poll(() => second.stderr()).toMatch(/once more ends at once/);
    second.child.kill('SIGTERM');
    await expect(answer.text()).rejects.toThrow();
    await second.ended;
    // The system has ended it, at once: a shell tells 143.
    expect(second.child.signalCode).toBe('SIGTERM');
  });

  it('makes prompts by the template that is given, with variables that a request may replace', async () => {
    const template = '{{ word }}: {{ messages[0].content }}';
    const { child, ended, url } = await started(
      '--no-webui',
      '--no-warmup',
      ...['--chat-template', template],
      ...['--chat-template-kwargs', '{"word": "asked"}'],
    );
    const prompt = async (fields: object) => {
      const body = JSON.stringify({ messages: [{ role: 'user', content: 'Hello' }], ...fields });
      const answer = await fetch(`${url}/apply-template`, { method: 'POST', body });
      return ((await answer.json()) as { prompt: string }).prompt;
    };
    expect(await prompt({})).toBe('asked: Hello');
    expect(await prompt({ chat_template_kwargs: { word: 'told' } })).toBe('told: Hello');
    child.kill('SIGTERM');
    await ended;
  });

  it('opens no door by a key that is none', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'halftone-'));
    const file = path.join(folder, 'keys');
    await writeFile(file, '\n \n');
    for (const words of [
      ['--api-key', ''],
      ['--api-key-file', file],
    ]) {
      const { code, stderr } = await halftone('serve', '-m', model, '--port', '0', ...words);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/API key/)]);
    }
    await rm(folder, { recursive: true });
  });

  it('says what is wrong with the model', async () => {
    const { code, stderr } = await halftone('serve', '-m', 'none.gguf');
    expect(code).toBe(1);
    expect(stderr).toMatch(/none\.gguf/);
  });

  it('does not begin with weights that are damaged', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'halftone-damaged-'));
    const file = path.join(folder, 'damaged.gguf');
    const bytes = await readFile(model);
    // Each pair of bytes is a NaN in bf16.
    await writeFile(file, bytes.fill(0xff, 5_000_000, 5_004_000));
    const { code, stderr } = await halftone('serve', '-m', file, '--port', '0');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/a logit is no number/)]);
    await rm(folder, { recursive: true });
  });
});
