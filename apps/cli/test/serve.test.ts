import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { describe, expect, it } from 'vitest';
import { halftone, startHalftone } from './halftone';

const model = fileURLToPath(demoModel.model);

describe('halftone serve', () => {
  it('answers at a port until it is told to end', async () => {
    const args = [
      'serve',
      '-m',
      model,
      '--port',
      '0',
      '-c',
      '1024',
      '-np',
      '1',
      '--api-key',
      'secret',
      '--no-webui',
      '--json',
    ];
    const { child, ended } = startHalftone(args);
    if (child.stdout === null) throw new Error('there is no output');
    const failed = ended.then(({ stderr }) => Promise.reject(new Error(stderr)));
    const lines = createInterface(child.stdout);
    const [line] = (await Promise.race([once(lines, 'line'), failed])) as [string];
    const { url } = JSON.parse(line) as { url: string };
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
    await expect(failed).rejects.toThrow();
    expect((await ended).code).toBe(143);
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
});
