import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { MemorySink, MemorySource } from '@halftone/gguf-io';
import { describe, expect, it } from 'vitest';
import {
  BaseFile,
  BaseFileWriter,
  EvaluateError,
  isBaseFile,
  scoredCount,
  toLogProbabilities,
} from '../src/index';

/** A file of two chunks of 6 tokens over a vocabulary of `vocabulary`, and the rows that it was made of. */
async function make(vocabulary: number): Promise<{ bytes: Uint8Array; rows: Float32Array[] }> {
  const tokens = Int32Array.from({ length: 12 }, (_, i) => (5 * i) % vocabulary);
  const sink = new MemorySink();
  const writer = await BaseFileWriter.begin(sink, { contextLength: 6, vocabulary, tokens });
  const rows = Array.from({ length: 2 * scoredCount(6) }, (_, place) => {
    const row = Float32Array.from(
      { length: vocabulary },
      (_unused, token) => 6 * Math.sin(place + token * token),
    );
    toLogProbabilities(row);
    return row;
  });
  for (const row of rows) await writer.add(row);
  await sink.finish();
  return { bytes: sink.bytes ?? new Uint8Array(), rows };
}

async function codeOf(bytes: Uint8Array): Promise<string> {
  const error: unknown = await BaseFile.open(new MemorySource(bytes)).catch((reason: unknown) => reason);
  return error instanceof EvaluateError ? error.code : 'opened';
}

describe('a file of base predictions', () => {
  it.each([7, 8])('gives back what was written, to 16 bits, for a vocabulary of %i', async (vocabulary) => {
    const { bytes, rows } = await make(vocabulary);
    const file = await BaseFile.open(new MemorySource(bytes));
    expect(file).toMatchObject({ contextLength: 6, vocabulary, chunks: 2 });
    expect([...file.tokens.subarray(0, 3)]).toEqual([0, 5 % vocabulary, 10 % vocabulary]);
    let place = 0;
    for (let chunk = 0; chunk < 2; chunk++) {
      for await (const row of file.predictions(chunk)) {
        const wanted = rows[place++] ?? new Float32Array();
        for (let token = 0; token < vocabulary; token++) {
          // The range of a row is at most 12, in 65,535 steps; half a step is the most that is lost.
          expect(Math.abs((row[token] ?? 0) - (wanted[token] ?? 0))).toBeLessThan(12 / 65535 / 2 + 1e-6);
        }
      }
    }
    expect(place).toBe(rows.length);
  });

  it('keeps no more than 24 below the likeliest', async () => {
    const sink = new MemorySink();
    const head = { contextLength: 4, vocabulary: 3, tokens: Int32Array.of(0, 1, 2, 0) };
    const writer = await BaseFileWriter.begin(sink, head);
    await writer.add(Float32Array.of(0, -24, -90));
    await sink.finish();
    const file = await BaseFile.open(new MemorySource(sink.bytes ?? new Uint8Array()));
    for await (const row of file.predictions(0)) {
      expect(row[0]).toBeCloseTo(0, 6);
      expect([...row.subarray(1)]).toEqual([-24, -24]);
    }
  });

  it('all alike are coded without a scale', async () => {
    const sink = new MemorySink();
    const head = { contextLength: 4, vocabulary: 2, tokens: Int32Array.of(0, 1, 1, 0) };
    const writer = await BaseFileWriter.begin(sink, head);
    await writer.add(Float32Array.of(-0.5, -0.5));
    await sink.finish();
    const file = await BaseFile.open(new MemorySource(sink.bytes ?? new Uint8Array()));
    for await (const row of file.predictions(0)) expect([...row]).toEqual([-0.5, -0.5]);
  });

  it('by ik_llama.cpp reads the same, and is written to the same bytes', async () => {
    const bytes = await readFile(new URL('goldens/peer.kld', import.meta.url));
    const file = await BaseFile.open(new MemorySource(bytes));
    const sink = new MemorySink();
    const writer = await BaseFileWriter.begin(sink, file);
    for (let chunk = 0; chunk < file.chunks; chunk++) {
      for await (const row of file.predictions(chunk)) {
        expect(row.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 2);
        await writer.add(row);
      }
    }
    await sink.finish();
    const written = sink.bytes ?? new Uint8Array();
    expect(written.length).toBe(bytes.length);
    // A scale that was rounded twice may move a code by one.
    expect(
      bytes.reduce((differing, byte, i) => differing + (byte === written[i] ? 0 : 1), 0) / bytes.length,
    ).toBeLessThan(0.02);
  });

  it('that is none, or cut, or too long, is told apart', async () => {
    const { bytes } = await make(7);
    expect(await isBaseFile(new MemorySource(bytes))).toBe(true);
    expect(await isBaseFile(new MemorySource(bytes.subarray(0, 7)))).toBe(false);
    expect(await codeOf(new Uint8Array(3))).toBe('not-a-base-file');
    expect(await codeOf(bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte)))).toBe('not-a-base-file');
    expect(await codeOf(bytes.subarray(0, -1))).toBe('truncated');
    expect(await codeOf(Uint8Array.of(...bytes, 0))).toBe('trailing-bytes');
    expect(await codeOf(bytes.map((byte, i) => (i === 20 ? 99 : byte)))).toBe('out-of-range');
    const file = await BaseFile.open(new MemorySource(bytes));
    await expect(file.predictions(2).next()).rejects.toThrow(/found 2, allowed 0 to 1/);
  });

  it('of any bytes opens or is a typed error, and asks for no memory that the file does not have', async () => {
    const magic = new TextEncoder().encode('_logits_');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (rest) => {
        await expect(codeOf(Uint8Array.of(...magic, ...rest))).resolves.not.toBe('');
      }),
    );
  });
});
