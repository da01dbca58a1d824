import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halftone } from './halftone';

const model = fileURLToPath(demoModel.model);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'halftone-template-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Ask the demo model for one token; a template that refuses tells what it was given. */
function run(...options: readonly string[]) {
  return halftone('run', '-m', model, '-p', 'Hello', '-n', '1', '--temp', '0', ...options);
}

const TELLING =
  "{% if messages[0].content == 'Hello' %}{{ raise_exception('told ' ~ word) }}{% endif %}{{ messages[0].content }}";

describe('halftone run with a chat template', () => {
  it('takes it from the command line or from a file, with variables', async () => {
    const file = path.join(folder, 'told.jinja');
    await writeFile(file, TELLING);
    for (const given of [
      ['--chat-template', TELLING],
      ['--chat-template-file', file],
    ]) {
      const { code, stderr } = await run(...given, '--chat-template-kwargs', '{"word": [1, null]}');
      expect(code).toBe(1);
      expect(stderr).toContain('found told [1, None]');
    }
  });

  it('answers by it', async () => {
    const { code, stdout } = await run(
      '--chat-template',
      '{{ bos_token }}[INST]{{ messages[0].content }}[/INST]',
    );
    const own = await run();
    expect([code, stdout]).toEqual([0, own.stdout]);
  });

  it.each([
    [['--chat-template', '{% if %}'], /the chat template cannot be read/],
    [['--chat-template', 'x', '--chat-template-file', 'y'], /two chat templates are given/],
    [
      ['--chat-template-file', '/dev/zero'],
      /the chat template is too long to be read whole \(found 4194305 bytes or more/,
    ],
    [['--chat-template-file', '/no/such/file'], /cannot read the chat template/],
    [['--chat-template', 'x', '-no-cnv'], /a text that is gone on with has no chat template/],
    [['--chat-template-kwargs', '[1]'], /--chat-template-kwargs is no JSON object/],
    [['--chat-template-kwargs', '{'], /--chat-template-kwargs is no JSON object/],
  ])('refuses %j', async (options, expected) => {
    const { code, stderr } = await run(...options);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(expected);
  });

  it('names the file of a template that is no Jinja', async () => {
    const file = path.join(folder, 'broken.jinja');
    await writeFile(file, '{% for %}');
    const { stderr } = await run('--chat-template-file', file);
    expect(stderr).toContain(`${file}: the chat template cannot be read`);
  });
});
