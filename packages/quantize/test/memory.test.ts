import {
  encodeGgufHeader,
  GgufWriter,
  openGguf,
  type ByteSink,
  type RandomAccessSource,
} from '@halftone/gguf-io';
import { parseFtype } from '@halftone/recipe-dsl';
import { expect, it } from 'vitest';
import { prepare, quantize } from '@halftone/quantize';
import { bellCurve, tinyMetadata } from './tiny-model';

const MIB = 2 ** 20;

/** What an encoder thread, windows and garbage that is not collected yet may take: some 130 MiB, for a model of any size. */
const MAX_GROWTH_BYTES = 256 * MIB;

/** 512 MiB of weights that are made when they are read; `onRead` hears of each reading. */
function generatedModel(onRead: () => void): RandomAccessSource {
  const tensors = Array.from({ length: 32 }, (_, index) => ({
    name: `blk.${index}.attn_q.weight`,
    dimensions: [2048, 2048],
    format: 'f32' as const,
  }));
  const header = encodeGgufHeader({ version: 3, metadata: new Map(tinyMetadata), tensors });
  const pattern = new Uint8Array(bellCurve(MIB / 4, 1).buffer);
  const dataOffset = Math.ceil(header.length / 32) * 32;
  return {
    name: 'generated.gguf',
    byteLength: dataOffset + 512 * MIB,
    read: (offset, into) => {
      onRead();
      const bytes = offset < header.length ? header.subarray(offset) : pattern;
      into.set(bytes.subarray(0, into.length));
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** Takes bytes and forgets them. */
const nowhere: ByteSink = {
  name: 'nowhere',
  write: () => Promise.resolve(),
  finish: () => Promise.resolve(),
  abort: () => Promise.resolve(),
};

it('holds windows of rows in memory, never the model', async () => {
  let peak = 0;
  const source = await openGguf(
    generatedModel(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }),
  );
  const { plan } = prepare(source, { ftype: parseFtype('BF16') });
  const tensors = plan.tensors.map(({ source: { name, dimensions }, format }) => ({
    name,
    dimensions,
    format,
  }));
  const writer = await GgufWriter.open(nowhere, { version: 3, metadata: source.metadata, tensors });
  const before = process.memoryUsage.rss();
  const reports = await quantize({ source, plan, importance: new Map(), writer, threads: 1 });
  await writer.finish();
  expect(reports).toHaveLength(32);
  expect(peak - before).toBeLessThan(MAX_GROWTH_BYTES);
});
