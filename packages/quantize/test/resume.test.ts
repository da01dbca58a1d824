import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, truncate, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { UnfinishedWork } from '@halftone/quantize';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyMetadata, tinyTensor } from './tiny-model';
import { Workshop, workshopImportance, workshopTensors, type Order } from './workshop';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await Workshop.open();
});
afterEach(() => workshop.close());

const names = workshopTensors.map(({ name }) => name);

/** The output of an order that nobody interrupts; it is removed again. */
async function wholeOutput(order?: Order): Promise<Buffer> {
  await workshop.quantize(order);
  const bytes = await workshop.outputBytes();
  await unlink(workshop.output);
  return bytes;
}

/** The files beside the source. */
async function outputs(): Promise<string[]> {
  return (await readdir(workshop.folder)).filter((name) => name !== 'in.gguf');
}

describe('the same job goes on', () => {
  it.each([1, 2, 3, 4])('behind %d tensors, and gives the same bytes and reports', async (count) => {
    const reports = await workshop.quantize();
    const expected = await workshop.outputBytes();
    await unlink(workshop.output);
    await workshop.interrupt(count);
    expect(await outputs()).toEqual(['out.gguf.partial', 'out.gguf.partial.journal']);

    const made: string[] = [];
    const resumed: UnfinishedWork[] = [];
    const again = await workshop.quantize(
      {},
      {
        threads: 2,
        onResume: (work) => resumed.push(work),
        onTensor: ({ planned }) => made.push(planned.source.name),
      },
    );
    expect(resumed).toMatchObject([{ partial: workshop.partial, tensorsDone: count, tensorCount: 5 }]);
    expect(made).toEqual(names.slice(count));
    expect(again).toEqual(reports);
    expect((await workshop.outputBytes()).equals(expected)).toBe(true);
    expect(await outputs()).toEqual(['out.gguf']);
  });

  it('behind several interruptions', async () => {
    const expected = await wholeOutput();
    for (let tensors = 1; tensors < names.length; tensors++) await workshop.interrupt(1);
    await workshop.quantize();
    expect((await workshop.outputBytes()).equals(expected)).toBe(true);
  });

  it('tells what is left when it ends early', async () => {
    const unfinished: UnfinishedWork[] = [];
    const controller = new AbortController();
    const work = workshop.quantize(
      {},
      {
        signal: controller.signal,
        onTensor: () => controller.abort(),
        onUnfinished: (work) => unfinished.push(work),
      },
    );
    await expect(work).rejects.toMatchObject({ code: 'aborted' });
    expect(unfinished).toEqual([
      { partial: workshop.partial, tensorsDone: 1, tensorCount: 5, weightsDone: 256 * 3 },
    ]);
  });

  it('whatever a power cut has left of the unfinished file and its journal', async () => {
    const expected = await wholeOutput();
    await workshop.interrupt(4);
    const [partial, journal] = await Promise.all([readFile(workshop.partial), readFile(workshop.journal)]);
    const headEnd = journal.indexOf('\n') + 1;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(partial.length),
        fc.integer({ min: headEnd, max: journal.length }),
        fc.option(fc.nat(partial.length - 1)),
        async (partialLength, journalLength, damaged) => {
          const bytes = Buffer.from(partial.subarray(0, partialLength));
          if (damaged !== null && damaged < bytes.length) bytes[damaged] = (bytes[damaged] ?? 0) ^ 0x10;
          await writeFile(workshop.partial, bytes);
          await writeFile(workshop.journal, journal.subarray(0, journalLength));
          await workshop.quantize();
          expect((await workshop.outputBytes()).equals(expected)).toBe(true);
        },
      ),
      { numRuns: 20, examples: [[partial.length, journal.length, 0]] },
    );
  });

  it('takes nothing of a journal whose lines are damaged', async () => {
    const expected = await wholeOutput();
    await workshop.interrupt(4);
    const [partial, journal] = await Promise.all([
      readFile(workshop.partial),
      readFile(workshop.journal, 'utf8'),
    ]);
    const [head = '', ...entries] = journal.trimEnd().split('\n');
    const damage = [
      '['.repeat(100_000),
      'null',
      '{}',
      (entries[0] ?? '').replace('token_embd', 'token_embe'),
      (entries[0] ?? '').replace(/"sha256":"../, '"sha256":"zz'),
      (entries[0] ?? '').replace(/"error":[^,]*/, '"error":null'),
      entries[1] ?? '',
    ];
    for (const line of damage) {
      await writeFile(workshop.partial, partial);
      await writeFile(workshop.journal, `${[head, line, ...entries.slice(1)].join('\n')}\n`);
      const resumed: UnfinishedWork[] = [];
      await workshop.quantize({}, { onResume: (work) => resumed.push(work) });
      expect(resumed).toEqual([]);
      expect((await workshop.outputBytes()).equals(expected)).toBe(true);
    }
  });

  it('keeps nothing of a job that would fail again', async () => {
    const output = tinyTensor('output.weight', [256, 3]);
    output.weights[5] = NaN;
    await workshop.writeSource([...workshopTensors.slice(0, -1), output]);
    await expect(workshop.quantize()).rejects.toMatchObject({ code: 'not-finite' });
    expect(await outputs()).toEqual([]);
  });
});

/** What makes another job of the interrupted one, and what the error says of it. */
const others: { name: string; change?: () => Promise<void>; order?: Order; found: string }[] = [
  { name: 'recipe', order: { recipe: 'attn=iq6_k,ffn=iq4_kss' }, found: 'another recipe, type or metadata' },
  {
    name: 'importance matrix',
    order: { importanceMatrix: workshopImportance() },
    found: 'another importance matrix',
  },
  {
    name: 'source: other weights under the same names',
    change: () =>
      workshop.writeSource(
        workshopTensors.map((tensor) => ({ ...tensor, weights: tensor.weights.map((weight) => -weight) })),
      ),
    found: 'another source file',
  },
  {
    name: 'source: metadata',
    change: () =>
      workshop.writeSource(workshopTensors, [
        ...tinyMetadata,
        ['general.name', { type: 'string', value: 'b' }],
      ]),
    found: 'another source file, another recipe, type or metadata',
  },
];

describe('another job does not go on', () => {
  it.each(others)('$name', async ({ change, order, found }) => {
    await workshop.interrupt(2);
    const before = await readFile(workshop.partial);
    await change?.();
    await expect(workshop.quantize(order)).rejects.toMatchObject({
      code: 'other-job',
      facts: { file: workshop.partial, found },
    });
    expect((await readFile(workshop.partial)).equals(before)).toBe(true);

    await workshop.quantize(order, { restart: true });
    const restarted = await workshop.outputBytes();
    expect((await wholeOutput(order)).equals(restarted)).toBe(true);
    expect(await outputs()).toEqual([]);
  });

  it('a source that was only touched: its bytes may be others', async () => {
    await workshop.interrupt(2);
    await utimes(workshop.source, 1e9, 1e9);
    await expect(workshop.quantize()).rejects.toMatchObject({ code: 'other-job' });
  });

  it.each([
    ['empty', ''],
    ['no JSON', 'no journal\n'],
    ['a torn head', '{"halftone":"journal","version":1,"jo'],
    ['another version', '{"halftone":"journal","version":2,"job":{}}\n'],
    ['no job', '{"halftone":"journal","version":1}\n'],
    ['a job without parts', '{"halftone":"journal","version":1,"job":{"source":"x"}}\n'],
  ])('a journal that is none: %s', async (_, text) => {
    await workshop.interrupt(2);
    await writeFile(workshop.journal, text);
    await expect(workshop.quantize()).rejects.toMatchObject({
      code: 'other-job',
      facts: { file: workshop.journal },
    });
  });

  it('a journal that is too long to be one', async () => {
    await workshop.interrupt(2);
    await truncate(workshop.journal, 2 ** 26 + 1);
    await expect(workshop.quantize()).rejects.toMatchObject({ code: 'other-job' });
  });

  it.each(['a file', 'a folder'])('%s in place of the unfinished file, without a journal', async (kind) => {
    await (kind === 'a file' ? writeFile(workshop.partial, 'mine') : mkdir(workshop.partial));
    await expect(workshop.quantize()).rejects.toMatchObject({
      code: 'other-job',
      facts: { file: workshop.partial, found: 'a file without a journal' },
    });
    expect(await outputs()).toEqual(['out.gguf.partial']);
  });

  it('a journal without its file stands for nothing', async () => {
    const expected = await wholeOutput();
    await workshop.interrupt(2);
    await unlink(workshop.partial);
    await workshop.quantize();
    expect((await workshop.outputBytes()).equals(expected)).toBe(true);
    expect(await outputs()).toEqual(['out.gguf']);
  });
});

describe('one output, one process', () => {
  it('refuses a second one, which leaves the first alone', async () => {
    const expected = await wholeOutput();
    let second: Promise<unknown> | undefined;
    const onTensor = (): void => {
      second ??= workshop.quantize().catch((error: unknown) => error);
    };
    await workshop.quantize({}, { onTensor });
    expect(await second).toMatchObject({
      code: 'output-locked',
      facts: { file: workshop.lock, found: `process ${process.pid} on ${hostname()}` },
    });
    expect((await workshop.outputBytes()).equals(expected)).toBe(true);
    expect(await outputs()).toEqual(['out.gguf']);
  });

  /** A process that has ended: nobody has its number, or somebody who was started later. */
  const ended = spawnSync(process.execPath, ['--version']).pid;
  it.each([
    ['a process that has ended', JSON.stringify({ host: hostname(), pid: ended, started: '1' })],
    [
      'an earlier process of the same number',
      JSON.stringify({ host: hostname(), pid: process.pid, started: '1' }),
    ],
    ['a process that was killed before it could write it', ''],
  ])('takes over the lock of %s', async (_, text) => {
    await writeFile(workshop.lock, text);
    await workshop.quantize();
    expect(await outputs()).toEqual(['out.gguf']);
  });

  it.each([
    ['another machine', JSON.stringify({ host: 'elsewhere.example', pid: 1, started: '1' })],
    ['nobody that can be told', 'mine'],
    ['a group of processes', JSON.stringify({ host: hostname(), pid: -1, started: '1' })],
  ])('leaves the lock of %s', async (_, text) => {
    await writeFile(workshop.lock, text);
    await expect(workshop.quantize()).rejects.toMatchObject({ code: 'output-locked' });
    expect(await readFile(workshop.lock, 'utf8')).toBe(text);
    expect(await outputs()).toEqual(['out.gguf.partial.lock']);
  });
});
