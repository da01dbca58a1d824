import { expect, test } from 'vitest';
import type { Field } from '../src/format';
import { BlockInterleaver } from '../src/interleave/moves';
import { RUNNING_PARITY, UNSIGNED_BYTES } from '../src/interleave/recodings';

test('fields with recodings of their own keep them apart', () => {
  const fields: Field[] = ['a', 'b'].map((name, offsetBytes) => ({
    name,
    offsetBytes,
    lengthBytes: 1,
    as: 'u8',
  }));
  const moves = [['a: b8 -> a: r b', UNSIGNED_BYTES] as const, ['b: b8 -> b: r b', RUNNING_PARITY] as const];
  const interleaver = new BlockInterleaver(moves, 1, fields, fields);
  const singles = Uint8Array.of(1, 1);
  const interleaved = new Uint8Array(2);
  interleaver.interleave(singles, 0, 2, interleaved, 0);
  // 128 is added to the first; of the second, the sign that is set makes all parities from it on odd.
  expect([...interleaved]).toEqual([129, 127]);
  const again = new Uint8Array(2);
  interleaver.deinterleave(interleaved, 0, again, 0, 2);
  expect(again).toEqual(singles);
});
