import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { halftone, startHalftone, type Run } from './halftone';
import { writeTinyModel } from './tiny-model';

let folder = '';
let input = '';
let output = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-resume-'));
  input = join(folder, 'in.gguf');
  output = join(folder, 'out.gguf');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const recipe = ['--recipe', fileURLToPath(demoModel.recipe)];
const demo = fileURLToPath(demoModel.model);

/** Quantize the demo model, and end the process as soon as it has said that. */
async function endWhen(said: string, signal: NodeJS.Signals): Promise<Run> {
  const { child, ended } = startHalftone(['quantize', ...recipe, demo, output, 'IQ4_KSS', '1']);
  let told = '';
  const listen = (chunk: Buffer): void => {
    told += chunk.toString();
    if (!told.includes(said)) return;
    // A second Ctrl-C would end it without a word.
    child.stderr?.off('data', listen);
    child.kill(signal);
  };
  child.stderr?.on('data', listen);
  return ended;
}

describe('halftone quantize, the same command again', () => {
  it('goes on after a kill, and after Ctrl-C, and gives the same bytes', async () => {
    const whole = join(folder, 'whole.gguf');
    await halftone('quantize', ...recipe, demo, whole, 'IQ4_KSS');
    expect((await endWhen('[ 1/75]', 'SIGKILL')).code).toBeNull();
    expect(await readdir(folder)).toContain('out.gguf.partial.journal');
    const interrupted = await endWhen('goes on: ', 'SIGINT');
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toMatch(/goes on: [1-9]\d* of 75 tensors are kept from .*out\.gguf\.partial/);
    expect(interrupted.stderr).toMatch(/of 75 tensors are finished and kept in .*: the same command goes on/);

    const refused = await halftone('quantize', demo, output, 'Q8_0');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/unfinished output of another job.*--restart/s);

    const { code, stdout } = await halftone('quantize', '--json', ...recipe, demo, output, 'IQ4_KSS');
    expect(code).toBe(0);
    const { resumedTensors } = JSON.parse(stdout) as { resumedTensors: number };
    expect(resumedTensors).toBeGreaterThan(0);
    expect((await readFile(output)).equals(await readFile(whole))).toBe(true);
    expect(await readdir(folder)).toEqual(['out.gguf', 'whole.gguf']);
  });

  it('begins anew with --restart, whatever is there', async () => {
    await writeTinyModel(input);
    await writeFile(`${output}.partial`, 'something');
    expect((await halftone('quantize', input, output, 'Q8_0')).code).toBe(1);
    expect((await halftone('quantize', '--restart', input, output, 'Q8_0')).code).toBe(0);
    expect(await readdir(folder)).toEqual(['in.gguf', 'out.gguf']);
  });
});

describe('halftone quantize --only', () => {
  beforeEach(async () => {
    await writeTinyModel(input);
    await halftone('quantize', '--custom-q', 'ffn=iq4_kss', input, output, 'Q8_0');
  });

  it('makes the tensors of a changed rule again, and tells what it keeps', async () => {
    const rules = ['--custom-q', 'ffn_up=iq4_ks,ffn_down=iq6_k'];
    const { code, stderr } = await halftone('quantize', ...rules, '--only', 'ffn_up', input, output, 'Q8_0');
    expect(code).toBe(0);
    expect(stderr).toMatch(/2 tensors of 3 are kept as they are in .*out\.gguf/);
    expect(stderr).toMatch(/kept, though .*another type now.*ffn_down\.weight \(iq4_kss, now iq6_k\)/);
    const { stdout } = await halftone('inspect', output);
    expect(stdout).toMatch(/blk\.0\.ffn_up\.weight .* iq4_ks /);
    expect(stdout).toMatch(/blk\.0\.ffn_down\.weight .* iq4_kss /);
    expect(await readdir(folder)).toEqual(['in.gguf', 'out.gguf']);
  });

  it('shows in a dry run what would be kept', async () => {
    const before = await readFile(output);
    const words = ['--dry-run', '--only', 'ffn_up', input, output, 'Q8_0'];
    const { code, stdout } = await halftone('quantize', ...words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/blk\.0\.attn_q\.weight .* q8_0 .*as it is in the output/);
    expect((await readFile(output)).equals(before)).toBe(true);
  });

  it.each([
    { name: 'a pattern that matches nothing', only: 'nothing', code: 1, says: /no tensor.*matches --only/ },
    { name: 'a broken pattern', only: 'ffn(', code: 1, says: /--only.*ffn\(/s },
  ])('fails clearly: $name', async ({ only, code, says }) => {
    const before = await readFile(output);
    const run = await halftone('quantize', '--only', only, input, output, 'Q8_0');
    expect(run).toMatchObject({ code, stderr: expect.stringMatching(says) as unknown });
    expect((await readFile(output)).equals(before)).toBe(true);
  });

  it('fails clearly: an output that does not exist', async () => {
    const run = await halftone('quantize', '--only', 'ffn', input, join(folder, 'none.gguf'), 'Q8_0');
    expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(/there is none/) as unknown });
  });

  it('fails clearly: the output of another model', async () => {
    await writeTinyModel(input, 512);
    const run = await halftone('quantize', '--only', 'ffn', input, output, 'Q8_0');
    expect(run).toMatchObject({ code: 1, stderr: expect.stringMatching(/made of another model/) as unknown });
  });
});
