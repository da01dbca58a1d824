import { readFile, writeFile } from 'node:fs/promises';
import { openGguf, MemorySource, type GgufTensor } from '@halftone/gguf-io';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tinyMetadata, tinyModelBytes, tinyTensor, type TinyTensor } from './tiny-model';
import { Workshop, workshopImportance, workshopTensors, type Order } from './workshop';

let workshop: Workshop;
beforeEach(async () => {
  workshop = await Workshop.open();
  await workshop.quantize();
});
afterEach(() => workshop.close());

/** Another type for the feed-forward matrix than the first output has. */
const redone: Order = { recipe: 'attn=iq6_k,ffn=iq4_kss', only: ['ffn'] };

/** Each tensor's type and bytes. */
async function tensorsOf(bytes: Uint8Array): Promise<Map<string, string>> {
  const file = await openGguf(new MemorySource(bytes));
  const read = async (tensor: GgufTensor): Promise<[string, string]> => [
    tensor.name,
    `${tensor.format} ${Buffer.from(await file.readTensorBytes(tensor)).toString('base64')}`,
  ];
  return new Map(await Promise.all(file.tensors.map(read)));
}

describe('making some tensors again', () => {
  it('keeps the others byte for byte, though the recipe would change them', async () => {
    const before = await tensorsOf(await workshop.outputBytes());
    const order = {
      recipe: 'attn=iq4_kss,ffn=iq4_kss',
      only: ['ffn'],
      importanceMatrix: workshopImportance(),
    };
    const { otherTypes } = await workshop.prepared(order, ({ kept }) => Promise.resolve({ ...kept }));
    expect(otherTypes).toEqual([{ tensor: 'blk.0.attn_q.weight', kept: 'iq6_k', planned: 'iq4_kss' }]);
    const reports = await workshop.quantize(order);
    const after = await tensorsOf(await workshop.outputBytes());
    expect(reports.filter(({ errors }) => errors !== undefined)).toMatchObject([
      { planned: { source: { name: 'blk.0.ffn_up.weight' }, format: 'iq4_kss' } },
    ]);
    await workshop.quantize({ ...order, only: undefined });
    const whole = await tensorsOf(await workshop.outputBytes());
    for (const [name, bytes] of after)
      expect(bytes, name).toBe((name.includes('ffn') ? whole : before).get(name));
    expect(after.get('blk.0.ffn_up.weight')).not.toBe(before.get('blk.0.ffn_up.weight'));
  });

  it('gives the bytes of a whole run where only its rule has changed', async () => {
    await workshop.quantize(redone);
    const some = await workshop.outputBytes();
    await workshop.quantize({ ...redone, only: undefined });
    expect(some.equals(await workshop.outputBytes())).toBe(true);
  });

  it('takes several patterns', async () => {
    const { tensors } = await workshop.prepared({ only: ['^token', '^output\\.'] }, ({ kept }) =>
      Promise.resolve({ ...kept }),
    );
    expect([...(tensors ?? new Map()).keys()]).toEqual(workshopTensors.slice(1, -1).map(({ name }) => name));
  });

  it('goes on after an interruption, and leaves the output as it was until then', async () => {
    const before = await workshop.outputBytes();
    await workshop.quantize(redone);
    const expected = await workshop.outputBytes();
    await writeFile(workshop.output, before);
    await workshop.interrupt(4, redone);
    expect((await workshop.outputBytes()).equals(before)).toBe(true);
    // To make all again, or others, is another job.
    for (const only of [undefined, ['ffn', 'token']]) {
      await expect(workshop.quantize({ ...redone, only })).rejects.toMatchObject({
        code: 'other-job',
        facts: { found: 'another choice of --only, or file to keep tensors of' },
      });
    }
    await workshop.quantize(redone);
    expect((await workshop.outputBytes()).equals(expected)).toBe(true);
  });

  it('names the choice of tensors, not the types and the importance that follow from it', async () => {
    const order = { recipe: 'attn=iq4_kss,ffn=iq4_kss', importanceMatrix: workshopImportance() };
    await workshop.interrupt(4, { ...order, only: ['ffn'] });
    await expect(workshop.quantize({ ...order, only: ['attn_q'] })).rejects.toMatchObject({
      code: 'other-job',
      facts: { found: 'another choice of --only, or file to keep tensors of' },
    });
  });
});

/** The tensors of the source, one of them another. */
function withTensor(changed: TinyTensor): readonly TinyTensor[] {
  return workshopTensors.map((tensor) => (tensor.name === changed.name ? changed : tensor));
}

const norm = tinyTensor('blk.0.attn_norm.weight', [250]);

const refusals: {
  name: string;
  order?: Order;
  change?: () => Promise<void>;
  error: { code: string; facts?: object };
}[] = [
  { name: 'a pattern that matches nothing', order: { only: ['^nothing'] }, error: { code: 'no-match' } },
  {
    name: 'another type for a kept tensor, when it is strict',
    order: {
      recipe: 'attn=iq4_kss,ffn=iq4_kss',
      only: ['ffn'],
      importanceMatrix: workshopImportance(),
      strict: true,
    },
    error: {
      code: 'other-types',
      facts: { tensor: 'blk.0.attn_q.weight', found: 'iq6_k', allowed: 'iq4_kss' },
    },
  },
  {
    name: 'a tensor of another shape',
    change: () => workshop.writeSource(withTensor(tinyTensor('output.weight', [256, 4]))),
    error: { code: 'other-model', facts: { tensor: 'output.weight', found: '256 x 3', allowed: '256 x 4' } },
  },
  {
    name: 'a tensor more in the source',
    change: () => workshop.writeSource([...workshopTensors, tinyTensor('more.weight', [256, 1])]),
    error: { code: 'other-model', facts: { tensor: 'more.weight', found: 'no such tensor' } },
  },
  {
    name: 'a tensor more in the output',
    change: () => workshop.writeSource(workshopTensors.slice(1)),
    error: { code: 'other-model', facts: { tensor: 'token_embd.weight' } },
  },
  {
    name: 'other metadata',
    change: () =>
      workshop.writeSource(workshopTensors, [
        ...tinyMetadata,
        ['general.name', { type: 'string', value: 'fine-tuned' }],
      ]),
    error: { code: 'other-model', facts: { found: 'other metadata' } },
  },
  {
    name: 'other weights under the same names and metadata',
    change: () =>
      workshop.writeSource(withTensor({ ...norm, weights: norm.weights.map((weight) => 1 - weight) })),
    error: { code: 'other-model', facts: { tensor: 'blk.0.attn_norm.weight', found: 'other weights' } },
  },
  {
    name: 'one file of an output that is split over several',
    change: async () =>
      writeFile(
        workshop.output,
        await tinyModelBytes(workshopTensors, [
          ...tinyMetadata,
          ['split.count', { type: 'uint16', value: 2 }],
        ]),
      ),
    error: { code: 'wrong-part' },
  },
];

describe('some tensors are not made again', () => {
  it.each(refusals)('$name', async ({ order = redone, change, error }) => {
    await change?.();
    const before = await readFile(workshop.output);
    await expect(workshop.quantize(order)).rejects.toMatchObject(error);
    expect((await readFile(workshop.output)).equals(before)).toBe(true);
  });

  it('a file that is a header alone', async () => {
    const { headerByteLength } = await openGguf(new MemorySource(await workshop.outputBytes()));
    await writeFile(workshop.output, (await workshop.outputBytes()).subarray(0, headerByteLength));
    await expect(workshop.quantize(redone)).rejects.toMatchObject({ code: 'no-tensor-data' });
  });
});
