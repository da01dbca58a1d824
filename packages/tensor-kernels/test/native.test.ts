import { describe, expect, test, vi } from 'vitest';
import { loadAddon, type Addon } from '../src/node-addon';
import { backendReport, openBackend, openNative } from '../src/node';

/** Call a function of the addon with any arguments. */
function callUntyped(addon: Addon, name: 'decodeRows' | 'firstBeyond', ...args: unknown[]): void {
  const call: unknown = Reflect.get(addon, name);
  if (typeof call === 'function') Reflect.apply(call, addon, args);
}

const [native] = await backendReport();

describe.skipIf(native?.isAvailable !== true)('the addon', () => {
  const floats = new Float32Array(32);
  const bytes = new Uint8Array(34);

  test('HALFTONE_ISA lowers the instruction set, and what does not run here is refused', async () => {
    const lowest = loadAddon().addon.instructionSets.at(-1) ?? '';
    vi.stubEnv('HALFTONE_ISA', lowest);
    expect((await openBackend('native')).describe()).toContain(`native: ${lowest} (asked for of`);
    vi.unstubAllEnvs();
    expect(() => openNative('to try', 'altivec')).toThrow(/found altivec, allowed .*portable/);
  });

  const q8 = native?.isAvailable === true ? loadAddon().addon.formats.indexOf('q8_0') : 0;
  const wrongCalls: [string, (addon: Addon) => void][] = [
    ['no such instruction set', (addon) => addon.decodeRows(99, q8, bytes, 32, floats)],
    ['no such format', (addon) => addon.decodeRows(0, 999, bytes, 32, floats)],
    ['a format that is no number', (addon) => addon.decodeRows(0, NaN, bytes, 32, floats)],
    ['half a block', (addon) => addon.decodeRows(0, q8, bytes, 16, floats)],
    ['no columns', (addon) => addon.decodeRows(0, q8, bytes, 0, floats)],
    ['columns beyond any memory', (addon) => addon.decodeRows(0, q8, bytes, 2 ** 60, floats)],
    ['too few bytes', (addon) => addon.decodeRows(0, q8, bytes.subarray(1), 32, floats)],
    ['too few weights', (addon) => addon.encodeRows(0, q8, floats.subarray(1), 32, undefined, bytes)],
    ['too little importance', (addon) => addon.encodeRows(0, q8, floats, 32, floats.subarray(1), bytes)],
    [
      'to encode what is only decoded',
      (addon) =>
        addon.encodeRows(
          0,
          addon.formats.indexOf('i2_s'),
          new Float32Array(128),
          128,
          undefined,
          new Uint8Array(36),
        ),
    ],
    [
      'too few decoded weights',
      (addon) => addon.squareErrors(0, floats, floats.subarray(1), 32, undefined, new Float64Array(4)),
    ],
    ['too few sums', (addon) => addon.squareErrors(0, floats, floats, 32, undefined, new Float64Array(3))],
    // What the types forbid, and plain JavaScript does not.
    ['arrays of another type', (addon) => callUntyped(addon, 'decodeRows', 0, q8, floats, 32, floats)],
    ['no array at all', (addon) => callUntyped(addon, 'firstBeyond', 0, 'weights', 1)],
    ['too few arguments', (addon) => callUntyped(addon, 'firstBeyond')],
  ];
  test.each(wrongCalls)('refuses %s', (_, call) => {
    expect(() => {
      call(loadAddon().addon);
    }).toThrow(RangeError);
  });
});
