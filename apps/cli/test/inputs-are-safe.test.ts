import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { halftone } from './halftone';

const model = fileURLToPath(demoModel.model);
const text = fileURLToPath(demoModel.validationText);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-inputs-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('an output that is an input', () => {
  it('is refused, and the input is left as it was', async () => {
    const own = join(folder, 'own.txt');
    const link = join(folder, 'link.dat');
    await copyFile(text, own);
    await symlink(own, link);
    const before = await readFile(own);
    for (const args of [
      ['perplexity', '-m', model, '-f', own, '--kl-divergence-base', own],
      ['imatrix', '-m', model, '-f', own, '-o', link],
      ['quantize', '--imatrix', own, model, own, 'Q8_0'],
    ]) {
      const { code, stderr } = await halftone(...args);
      expect(stderr).toMatch(/the output would take the place of an input/);
      expect(code).toBe(1);
      expect((await readFile(own)).equals(before)).toBe(true);
    }
  });
});

describe('a model whose weights are no numbers', () => {
  it('has no perplexity', async () => {
    const damaged = join(folder, 'damaged.gguf');
    const bytes = await readFile(model);
    // The last tensor of the file: BF16 NaN in all of its last row.
    bytes.fill(0xff, bytes.length - 512);
    await writeFile(damaged, bytes);
    const short = ['-f', text, '-c', '128', '--chunks', '1'];
    const { code, stdout, stderr } = await halftone('perplexity', '-m', damaged, ...short);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/NaN/);
    expect(code).toBe(1);
    const compared = await halftone('kld', '--base', damaged, model, ...short);
    expect(compared.stdout).toBe('');
    expect(compared.code).toBe(1);
    const checked = await halftone('run', '-m', damaged, '-p', 'Hello', '--check-tensors');
    expect([checked.code, checked.stdout]).toEqual([1, '']);
    expect(checked.stderr).toMatch(
      /damaged\.gguf: tensor "[^"]+": a weight is not finite \(found NaN at place \d+/,
    );
  });
});

describe('a port that is in use', () => {
  it('is told', async () => {
    const other: Server = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const { code, stderr } = await halftone('serve', '-m', model, '--port', String(port));
      expect(stderr).toMatch(/EADDRINUSE.*--port/);
      expect(code).toBe(1);
    } finally {
      other.close();
    }
  });
});
