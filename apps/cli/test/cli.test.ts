import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { halftone, startHalftone } from './halftone';
import { writeTinyModel } from './tiny-model';

const demo = fileURLToPath(demoModel.model);
const demoRecipe = fileURLToPath(demoModel.recipe);
const demoImportance = fileURLToPath(demoModel.importanceMatrix);
const OLDER = 'an older output';

let folder = '';
let input = '';
let output = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halftone-cli-'));
  input = join(folder, 'in.gguf');
  output = join(folder, 'out.gguf');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('halftone', () => {
  it('alone shows its help', async () => {
    const { code, stdout, stderr } = await halftone();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ {2}perplexity {2,}Measure/m);
  });
});

describe('halftone inspect', () => {
  it('shows metadata, tensors and totals', async () => {
    const { code, stdout } = await halftone('inspect', demo);
    expect(code).toBe(0);
    expect(stdout).toMatch(/general\.architecture +string +"mistral3"/);
    expect(stdout).toMatch(/tokenizer\.ggml\.tokens +string\[8192\]/);
    expect(stdout).toMatch(/blk\.0\.ffn_down\.weight +768 x 256 +bf16/);
    expect(stdout).toMatch(/75 tensors, 20\.02 MiB, 16\.00\d bits per weight, 10,490,112 parameters/);
  });

  it('gives one JSON document', async () => {
    const { stdout } = await halftone('inspect', demo, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      version: 3,
      metadata: { 'general.architecture': 'mistral3' },
      totals: { tensors: 75, weights: 10_490_112 },
    });
  });
});

describe('halftone plan', () => {
  it('tells type, size and reason of every tensor, and the totals', async () => {
    const { code, stdout } = await halftone('plan', demo, '--recipe', demoRecipe);
    expect(code).toBe(0);
    expect(stdout).toMatch(/blk\.3\.ffn_up\.weight +256 x 768 +bf16 +iq4_kss +99\.0 KiB +4\.125 +line 12: /);
    expect(stdout).toMatch(/output_norm\.weight +256 +f32 +f32 .* kept: /);
    expect(stdout).toMatch(/6\.39 MiB, 5\.111 bits per weight, 10,490,112 parameters/);
  });

  it('lists rules that decided nothing, and refuses them when it is strict', async () => {
    const rules = ['plan', demo, '--custom-q', 'nothing_like_it=q8_0,attn=iq6_k,ffn|embd|output=iq4_ks'];
    const { code, stderr } = await halftone(...rules);
    expect(code).toBe(0);
    expect(stderr).toMatch(/nothing_like_it=q8_0/);
    expect((await halftone(...rules, '--strict')).code).toBe(1);
  });
});

describe('halftone quantize', () => {
  it("takes the words in the peer's order, and gives the same bytes for every number of threads", async () => {
    await writeTinyModel(input);
    const rules = ['--custom-q', 'ffn=iq4_kss,attn=iq6_k'];
    const first = await halftone('quantize', ...rules, input, output, 'Q8_0', '1');
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('bits per weight') as unknown });
    await halftone('quantize', ...rules, input, join(folder, 'two.gguf'), 'Q8_0', '2');
    expect(await readFile(output)).toEqual(await readFile(join(folder, 'two.gguf')));
    const inspected = await halftone('inspect', output);
    expect(inspected.stdout).toMatch(/quantize\.recipe +string +"ffn=iq4_kss\\nattn=iq6_k\\n"/);
    expect(inspected.stdout).toMatch(/blk\.0\.ffn_up\.weight .* iq4_kss/);
  });

  it('names the output itself where none is given', async () => {
    await writeTinyModel(input);
    expect((await halftone('quantize', input, 'q8_0')).code).toBe(0);
    expect(await readdir(folder)).toEqual(['ggml-model-Q8_0.gguf', 'in.gguf']);
  });

  it('leaves the provenance out when it is told to', async () => {
    await writeTinyModel(input);
    await halftone('quantize', '--hide-provenance', input, output, 'Q8_0');
    expect((await halftone('inspect', output)).stdout).not.toContain('quantize.');
  });

  it('prints the plan and writes nothing in a dry run', async () => {
    await writeTinyModel(input);
    const { code, stdout } = await halftone('quantize', '--dry-run', input, output, 'Q8_0');
    expect(code).toBe(0);
    expect(stdout).toMatch(/blk\.0\.attn_q\.weight .* q8_0/);
    expect(await readdir(folder)).toEqual(['in.gguf']);
  });

  it('fails in a dry run where quantizing would, and not where it would not', async () => {
    const words = ['quantize', '--dry-run', demo, output, 'IQ2_XXS'];
    expect(await halftone(...words)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot be encoded without importance') as unknown,
    });
    const { code, stdout, stderr } = await halftone(...words, '--ignore-imatrix-rules');
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain('importance is required');
  });

  it('goes on when nobody reads what it says', async () => {
    await writeTinyModel(input);
    const { child, ended } = startHalftone(['quantize', input, output, 'Q8_0']);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect((await ended).code).toBe(0);
    expect(await readdir(folder)).toEqual(['in.gguf', 'out.gguf']);
  });

  it('gives one JSON document', async () => {
    await writeTinyModel(input);
    const { stdout } = await halftone('quantize', '--json', input, output, 'Q8_0');
    expect(JSON.parse(stdout)).toMatchObject({
      output,
      tensors: expect.arrayContaining([expect.objectContaining({ to: 'q8_0' })]) as unknown,
    });
  });

  it('leaves an older output as it was when it is interrupted', async () => {
    await writeFile(output, OLDER);
    const { child, ended } = startHalftone(['quantize', '--recipe', demoRecipe, demo, output, 'IQ4_KSS']);
    child.stderr?.once('data', () => child.kill('SIGINT'));
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/interrupted/);
    expect(await readFile(output, 'utf8')).toBe(OLDER);
  });
});

describe('halftone formats', () => {
  it('lists the types with their bits, their needs and where they run', async () => {
    const { code, stdout } = await halftone('formats');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^type +id +family +bits\/weight +block +importance +encoding +runs here on$/m);
    expect(stdout).toMatch(/^q4_K +12 +k +4\.500 +256 +optional +medium +(?:native, )?wasm, reference$/m);
    expect(stdout).toMatch(/^iq2_xxs +16 +iq +2\.063 +256 +required +slow +(?:native, )?wasm, reference$/m);
    expect(stdout).toMatch(
      /^q4_k_r4 +212 +k, 4 rows interleaved +4\.500 +256 +optional +medium +(?:native, )?wasm, reference$/m,
    );
    // Every type that a file holds is encoded fast.
    expect(stdout).not.toMatch(/^\S+ +\d.*[a-z] +reference$/m);
  });

  it('as one JSON document', async () => {
    const { stdout } = await halftone('formats', '--json');
    const { formats } = JSON.parse(stdout) as { formats: readonly { name: string }[] };
    expect(formats.find(({ name }) => name === 'iq4_kss')).toMatchObject({
      id: 146,
      bitsPerWeight: 4,
      rowPrefixBytes: 4,
      encoding: 'medium',
    });
  });
});

describe('halftone doctor', () => {
  it('tells which backend is in use and why', async () => {
    const { code, stdout } = await halftone('doctor');
    expect(code).toBe(0);
    expect(stdout).toMatch(/reference +yes/);
    expect(stdout).toMatch(/^in use: (native|wasm|reference): /m);
  });
});

describe('halftone demo', () => {
  it('does the whole circle, tells it on one page, and keeps the model when it is told to', async () => {
    const { code, stdout, stderr } = await halftone('demo', '--keep', output);
    expect(code).toBe(0);
    expect(stdout).toMatch(/56 matrices, 20480 tokens/);
    expect(stdout).toMatch(/tensors: 6\.39 MiB, 5\.111 bits per weight/);
    expect(stdout).toMatch(/perplexity \d+\.\d+ before, \d+\.\d+ after/);
    expect(stdout).toMatch(
      /before: call get_weather\({"city": "Paris"}\)\n +after: {2}call get_weather\({"city": "Paris"}\)/,
    );
    expect(stderr).toMatch(/\[75\/75\] output\.weight .* bf16 -> iq6_k .* error \d\.\d+e-4/);
    expect((await halftone('inspect', output)).stdout).toMatch(/quantize\.imatrix\.sha256/);
  }, 300_000);
});

/** A failure: how to bring it about, the command's arguments, what it says, and its exit code where that is not 1. */
interface Failure {
  readonly name: string;
  readonly arrange?: () => Promise<unknown>;
  readonly args: () => readonly string[];
  readonly says: RegExp;
  readonly code?: number;
}

/** The demo model, cut off or with some bytes overwritten. */
async function damaged(length: number | undefined, offset = 0, bytes: readonly number[] = []): Promise<void> {
  await copyFile(demo, input);
  await chmod(input, 0o644);
  if (length !== undefined) await truncate(input, length);
  if (bytes.length === 0) return;
  const whole = await readFile(input);
  whole.set(bytes, offset);
  await writeFile(input, whole);
}

const failures: readonly Failure[] = [
  { name: 'no such file', args: () => [input, output, 'Q8_0'], says: /no such file|does not exist/i },
  { name: 'a folder', args: () => [folder, output, 'Q8_0'], says: /directory|folder/i },
  {
    name: 'an empty file',
    arrange: () => writeFile(input, ''),
    args: () => [input, output, 'Q8_0'],
    says: /in\.gguf/,
  },
  {
    name: 'another magic',
    arrange: () => damaged(undefined, 0, [0x50, 0x4b, 3, 4]),
    args: () => [input, output, 'Q8_0'],
    says: /GGUF/,
  },
  {
    name: 'version 1',
    arrange: () => damaged(undefined, 4, [1]),
    args: () => [input, output, 'Q8_0'],
    says: /version.*found 1/i,
  },
  {
    name: 'version 99',
    arrange: () => damaged(undefined, 4, [99]),
    args: () => [input, output, 'Q8_0'],
    says: /version.*found 99/i,
  },
  {
    name: 'truncated in the metadata',
    arrange: () => damaged(2000),
    args: () => [input, output, 'Q8_0'],
    says: /ends|truncated/i,
  },
  {
    name: 'truncated in the data',
    arrange: () => damaged(20_000_000),
    args: () => [input, output, 'Q8_0'],
    says: /tensor ".*(ends|truncated|missing)/i,
  },
  {
    name: 'a tensor count near 2^63',
    arrange: () => damaged(undefined, 8, [255, 255, 255, 255, 255, 255, 255, 127]),
    args: () => [input, output, 'Q8_0'],
    says: /found 9223372036854775807/,
  },
  {
    name: 'an unknown type',
    args: () => ['--custom-q', 'attn=iq4_ksx', demo, output, 'Q8_0'],
    says: /iq4_ksx.*iq4_ks/s,
  },
  { name: 'an unknown ftype', args: () => [demo, output, 'Q9_0'], says: /Q9_0/ },
  {
    name: 'a broken regular expression',
    args: () => ['--custom-q', 'attn(=q8_0', demo, output, 'Q8_0'],
    says: /attn\(/,
  },
  {
    name: 'the importance matrix of another model',
    args: () => ['--imatrix', demoImportance, input, output, 'IQ6_K'],
    arrange: () => writeTinyModel(input, 512),
    says: /another model/,
  },
  {
    name: 'no importance matrix at all',
    args: () => ['--imatrix', demo, demo, output, 'Q8_0'],
    says: /the GGUF file is no importance matrix/,
  },
  {
    name: 'a NaN among the weights',
    arrange: () => writeTinyModel(input, 256, NaN),
    args: () => [input, output, 'Q8_0'],
    says: /tensor "blk\.0\.ffn_up\.weight".*row \d+, column \d+.*not finite/,
  },
  {
    name: 'a target folder that is missing',
    args: () => [demo, join(folder, 'missing', 'out.gguf'), 'Q8_0'],
    says: /missing/,
  },
  {
    name: 'a folder as target',
    arrange: () => mkdir(join(folder, 'taken')),
    args: () => [demo, join(folder, 'taken'), 'Q8_0'],
    says: /directory|folder/i,
  },
  {
    name: 'the source as target',
    arrange: () => writeTinyModel(input),
    args: () => [input, input, 'Q8_0'],
    says: /take the place of the source/,
  },
  {
    name: 'an option that does not exist',
    args: () => ['--no-such', demo, output, 'Q8_0'],
    says: /no-such/,
    code: 2,
  },
  {
    name: 'both ways to give rules',
    args: () => ['--recipe', demoRecipe, '--custom-q', 'attn=q8_0', demo, output, 'Q8_0'],
    says: /given twice.*--recipe and --custom-q/,
    code: 2,
  },
  {
    name: 'two numbers of threads',
    args: () => ['-t', '3', demo, output, 'Q8_0', '2'],
    says: /threads is given twice.*3 and 2/,
    code: 2,
  },
  {
    name: 'a type that nobody knows, and a number',
    args: () => [demo, 'Q4_K_X', '8'],
    says: /Did you mean Q4_K_S or Q4_K_M/,
  },
  {
    name: 'an option with a type that nobody knows',
    args: () => ['--attn-q-type', 'q5_k', demo, output, 'Q8_0'],
    says: /--attn-q-type: there is no type of this name.*Did you mean q5_K\?/,
  },
  {
    name: 'types that need importance, without it',
    args: () => [demo, output, 'IQ2_XXS'],
    says: /iq2_xxs cannot be encoded without importance \(found 47 tensors without importance: 8 blk\.N\.attn_q\.weight, .*\)\. Give an importance matrix that covers them with --imatrix FILE, name another type, or encode them without importance with --ignore-imatrix-rules\.$/m,
  },
  {
    name: 'an option with a type that is for activations alone',
    args: () => ['--attn-q-type', 'q8_K', demo, output, 'Q8_0'],
    says: /--attn-q-type: the type is of activations/,
  },
  {
    name: 'a recipe that is no UTF-8',
    arrange: () => writeFile(input, Buffer.from('attn=q8_0', 'utf16le').fill(0xff, 0, 1)),
    args: () => ['--recipe', input, demo, output, 'Q8_0'],
    says: /no text in UTF-8/,
  },
  { name: 'no FTYPE', args: () => [demo, output], says: /FTYPE is missing/, code: 2 },
];

describe('halftone --help', () => {
  it.each(['inspect', 'plan', 'quantize'])('%s shows an example', async (command) => {
    const { code, stdout } = await halftone(command, '--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Example: halftone ${command} `));
  });
});

describe('halftone quantize fails clearly, and leaves an older output untouched', () => {
  it.each(failures)('$name', async ({ arrange, args, says, code = 1 }) => {
    await arrange?.();
    await writeFile(output, OLDER);
    const before = await readdir(folder);
    const run = await halftone('quantize', ...args());
    expect(run.stderr).toMatch(says);
    expect(run.stderr).not.toContain('defect');
    expect(run.code).toBe(code);
    expect(await readFile(output, 'utf8')).toBe(OLDER);
    expect(await readdir(folder)).toEqual(before);
  });

  it('a pattern that would backtrack for ever is read in no time', async () => {
    const { code, stderr } = await halftone('plan', demo, '--custom-q', '(a+)+$=q8_0,(.*)*x=q8_0', 'Q8_0');
    expect(code).toBe(0);
    expect(stderr).toMatch(/decided no tensor/);
  });

  it('tells a program what went wrong', async () => {
    const { stdout, code } = await halftone('inspect', input, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { file: input } });
  });
});
