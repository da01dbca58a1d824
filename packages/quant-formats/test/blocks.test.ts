import { describe, expect, test } from 'vitest';
import { bytesPerRow, formats, type FormatDefinition } from '../src';

/** Bytes to set, by their offset in a row of zeros. */
type BytesAt = Readonly<Record<number, number>>;

/** Decode one row of one block: zeros but for the given bytes. */
function decodeBlock(format: FormatDefinition, bytesAt: BytesAt): Float32Array {
  const bytes = new Uint8Array(bytesPerRow(format, format.blockLength));
  for (const [offset, byte] of Object.entries(bytesAt)) bytes[Number(offset)] = byte;
  const out = new Float32Array(format.blockLength);
  format.decodeRow(bytes, out);
  return out;
}

/** 0.5 as a binary16 is 0x3800; the high byte comes second. */
const HALF = 0x38;
/** The high bytes of 1, -1, 2 and 4. */
const ONE = 0x3c;
const MINUS_ONE = 0xbc;
const TWO = 0x40;
const FOUR = 0x44;

/**
 * Blocks worked out with pencil and paper from the drawings, with every field in use and single weights at places where halves,
 * groups and shifts change. The weights that are not listed come from bytes of zero.
 */
describe('blocks worked out by hand', () => {
  test('q8_0: d = 0.5', () => {
    const out = decodeBlock(formats.q8_0, { 1: HALF, 2: 3, 3: 0xff, 33: 0x80 });
    expect([out[0], out[1], out[2], out[31]]).toEqual([1.5, -0.5, 0, -64]);
  });

  test('q4_0: d = 0.5', () => {
    const out = decodeBlock(formats.q4_0, { 1: HALF, 2: 0xf8, 17: 0x19 });
    expect([out[0], out[16], out[15], out[31], out[1]]).toEqual([0, 3.5, 0.5, -3.5, -4]);
  });

  test('q4_1: d = 0.5, m = -1', () => {
    const out = decodeBlock(formats.q4_1, { 1: HALF, 3: MINUS_ONE, 4: 0xf8 });
    expect([out[0], out[16], out[1]]).toEqual([3, 6.5, -1]);
  });

  test('q5_1: d = 0.5, m = -1, fifth bits of weights 0 and 31', () => {
    const out = decodeBlock(formats.q5_1, { 1: HALF, 3: MINUS_ONE, 4: 0x01, 7: 0x80, 8: 0x0f, 23: 0xf1 });
    // (15 + 16) / 2 - 1, 0 - 1, 1 / 2 - 1, (15 + 16) / 2 - 1
    expect([out[0], out[16], out[15], out[31]]).toEqual([14.5, -1, -0.5, 14.5]);
  });

  // Block 2 with scale 3 and minimum 2; block 5 with scale 35 = 10 0011 and minimum 17 = 01 0001, whose low bits share scales[9].
  const scalesOfK = { 6: 3, 10: 2, 5: 0x80, 9: 0x40, 13: 0x13 };

  test('q4_K: d = 0.5, dmin = 1', () => {
    // qs[33] serves weight 65, qs[69] weights 133 and 165.
    const out = decodeBlock(formats.q4_K, { 1: HALF, 3: ONE, ...scalesOfK, 49: 0x07, 85: 0xa0 });
    // 1.5 * 7 - 2, 17.5 * 10 - 17, 0 - 17, 0
    expect([out[65], out[165], out[160], out[133]]).toEqual([8.5, 158, -17, 0]);
  });

  test('q5_K: d = 0.5, dmin = 1, fifth bits of weights 65 and 165', () => {
    const out = decodeBlock(formats.q5_K, {
      ...{ 1: HALF, 3: ONE, ...scalesOfK },
      ...{ 17: 0x04, 21: 0x20, 81: 0x07, 117: 0xa0 },
    });
    // 1.5 * 23 - 2, 17.5 * 26 - 17
    expect([out[65], out[165], out[160]]).toEqual([32.5, 438, -17]);
  });

  test('q5_0: d = 0.5, fifth bits of weights 0, 17 and 31', () => {
    const out = decodeBlock(formats.q5_0, { 1: HALF, 2: 0x01, 4: 0x02, 5: 0x80, 6: 0x0f, 7: 0x20, 21: 0xf1 });
    // (15 + 16 - 16) / 2, (2 + 16 - 16) / 2, (1 - 16) / 2, (15 + 16 - 16) / 2, (0 - 16) / 2
    expect([out[0], out[17], out[15], out[31], out[1]]).toEqual([7.5, 1, -7.5, 7.5, -8]);
  });

  test('q6_0: d = 0.5, qh[1] serves weights 1, 17, 9 and 25', () => {
    const out = decodeBlock(formats.q6_0, { 1: HALF, 3: 0b11_10_01_00, 11: 0x21, 19: 0x43 });
    // 0 * 16 + 1, 1 * 16 + 2, 2 * 16 + 3, 3 * 16 + 4; each - 32, halved
    expect([out[1], out[17], out[9], out[25], out[0]]).toEqual([-15.5, -7, 1.5, 10, -16]);
  });

  // Weight 147 is number 3 of block 9 of sixteen; weight 167 is number 7 of block 5 of eight.
  test('q2_K: d = 0.5, dmin = 1, block 9 with scale 3 and minimum 2', () => {
    const out = decodeBlock(formats.q2_K, { 81: HALF, 83: ONE, 9: 0x23, 67: 0x02 });
    // 1.5 * 2 - 2
    expect([out[147], out[144], out[0]]).toEqual([1, -2, 0]);
  });

  test('q3_K: d = 0.5, block 8 with scale 35 = 10 0011', () => {
    const out = decodeBlock(formats.q3_K, { 109: HALF, 96: 0x30, 104: 0x20, 65: 0x02, 1: 0x10 });
    // Third bit and 2: 1.5 * (6 - 4), 1.5 * -4, -16 * -4
    expect([out[129], out[128], out[0]]).toEqual([3, -6, 64]);
  });

  test('iq4_xs: d = 0.5, block 5 with scale 35 = 10 0011', () => {
    const out = decodeBlock(formats.iq4_xs, { 1: HALF, 3: 0x08, 6: 0x30, 90: 0x98 });
    // Byte 90 is qs[82]. 1.5 * table[8], 1.5 * table[9], -16 * table[0]
    expect([out[162], out[178], out[0]]).toEqual([1.5, 19.5, 2032]);
  });

  test('iq2_k: d = 0.5, block 9 with scale 10 and the shifted table', () => {
    const out = decodeBlock(formats.iq2_k, { 1: HALF, 3: 0x02, 8: 0xa0, 63: 0x02 });
    // 1 * (1 + 5), 1 * (-31 + 5), -4 * -31
    expect([out[147], out[144], out[0]]).toEqual([6, -26, 124]);
  });

  test('iq2_ks: d = 0.5 for the row, block 5 with scale 18 = 1 0010 and the shifted table', () => {
    const out = decodeBlock(formats.iq2_ks, { 1: HALF, 2: 0x20, 3: 0x20, 6: 0x20, 47: 0x08 });
    // 1 * (1 + 5), 1 * (-31 + 5), -8 * -31
    expect([out[167], out[160], out[0]]).toEqual([6, -26, 248]);
  });

  test('iq3_k: d = 0.5, block 9 with scale -5 and the shifted table', () => {
    const out = decodeBlock(formats.iq3_k, { 1: HALF, 3: 0x02, 5: 0x02, 10: 0x20, 65: 0x01, 97: 0x10 });
    // Index 5: -2.5 * (13 + 4), -2.5 * (-63 + 4), 0.5 * -63
    expect([out[147], out[144], out[0]]).toEqual([-42.5, 147.5, -31.5]);
  });

  test('iq3_ks: d = 0.5 for the row, block 5 with scale 18 = 1 0010 and the shifted table', () => {
    const out = decodeBlock(formats.iq3_ks, { 1: HALF, 2: 0x20, 3: 0x20, 5: 0x20, 47: 0x04, 79: 0x20 });
    // Index 5: 1 * (13 + 4), 1 * (-63 + 4), -8 * -63
    expect([out[167], out[160], out[0]]).toEqual([17, -59, 504]);
  });

  test('iq5_k: d = 0.5, block 9 with scale 35 = 10 0011 and the shifted table', () => {
    const out = decodeBlock(formats.iq5_k, { 1: HALF, 3: 0x02, 6: 0x08, 12: 0x30, 99: 0x01, 163: 0x10 });
    // Index 17: 1.5 * (5 + 2), 1.5 * (-126 + 2), -16 * -126
    expect([out[147], out[144], out[0]]).toEqual([10.5, -186, 2016]);
  });

  test('iq5_ks: d = 0.5 for the row, block 5 with scale 130 and the shifted table', () => {
    const out = decodeBlock(formats.iq5_ks, { 3: 0x3f, 9: 131, 83: 0x10, 147: 0x20 });
    // Index 17: 1.5 * (5 + 2), 1.5 * (-126 + 2), -63.5 * -126
    expect([out[167], out[160], out[0]]).toEqual([10.5, -186, 8001]);
  });

  test('q6_K: d = 0.5, second half, qh[33] serves weights 129, 161, 193 and 225', () => {
    const scales = { 200: 1, 202: 2, 204: 0xff, 206: 4 };
    const out = decodeBlock(formats.q6_K, { 209: HALF, 65: 0x31, 97: 0x42, 161: 0b11_10_01_00, ...scales });
    // scale / 2 * (16 * high + low - 32)
    expect([out[129], out[161], out[193], out[225]]).toEqual([-15.5, -14, -1.5, 40]);
    // A scale of 1 and a code of 0, and a scale of 0.
    expect([out[128], out[0]]).toEqual([-16, -0]);
  });

  test('mxfp4: e = 127, a half', () => {
    const out = decodeBlock(formats.mxfp4, { 0: 127, 1: 0xf8, 16: 0x19 });
    // Codes 8, 15, 9 and 1: -0 as 0, -6, -0.5, 0.5
    expect([out[0], out[16], out[15], out[31], out[1]]).toEqual([0, -6, -0.5, 0.5, 0]);
  });

  test('iq4_nl: d = 0.5', () => {
    const out = decodeBlock(formats.iq4_nl, { 1: HALF, 2: 0xf8, 17: 0x19 });
    // table[8] = 1, table[15] = 113, table[9] = 13, table[1] = -104, table[0] = -127
    expect([out[0], out[16], out[15], out[31], out[1]]).toEqual([0.5, 56.5, 6.5, -52, -63.5]);
  });

  test('iq4_k: d = 0.5, blocks 6 and 7 with scales 33 and 30, block 7 of the shifted table', () => {
    // 33 = 10 0001, 30 = 01 1110: low nibbles in byte 8 + 3, high bits in the upper half of byte 4 + 1.
    const out = decodeBlock(formats.iq4_k, { 1: HALF, 2: 0x80, 5: 0b01_10_0000, 11: 0xe1, 66: 0x98 });
    // Byte 66 is qs[50] = qs[16 * 3 + 2]. 0.5 * 1 * table[8], 0.5 * -2 * (table[9] + 4)
    expect([out[98], out[114]]).toEqual([0.5, -17]);
    // 0.5 * (0 - 32) * table[0]
    expect(out[0]).toBe(2032);
  });

  // Point 1 of the grids of iq2 is 43 and seven times 8, of iq3_xxs 20, 4, 4, 4, of iq1 1 and seven times -1; point 0 is all least.
  test('iq2_xxs: d = 2, block 1 with scale 7, its eight 2 of point 1 with the first sign and so the eighth', () => {
    const out = decodeBlock(formats.iq2_xxs, { 1: TWO, 12: 1, 15: 0x40, 17: 0x70 });
    // 2 * 15 / 8 * 43, * 8; block 0: 2 / 8 * 8
    expect([out[48], out[49], out[55], out[32], out[0]]).toEqual([-161.25, 30, -30, 30, 2]);
  });

  test('iq2_xs: d = 2, block 4 with scale 7, eight 9 of point 1 with the first sign and so the eighth', () => {
    const out = decodeBlock(formats.iq2_xs, { 1: TWO, 20: 0x01, 21: 0x02, 68: 0x07 });
    expect([out[72], out[73], out[79], out[64], out[0]]).toEqual([-161.25, 30, -30, 30, 2]);
  });

  test('iq2_s: d = 2, block 4 with scale 7, eight 9 of point 257 with the second sign', () => {
    const out = decodeBlock(formats.iq2_s, { 1: TWO, 11: 0x01, 43: 0x02, 68: 0x04, 76: 0x07 });
    // Point 257 begins 8, 43, 25.
    expect([out[72], out[73], out[74], out[64], out[0]]).toEqual([30, -161.25, 93.75, 30, 2]);
  });

  test('iq3_xxs: d = 4, block 1 with scale 7, its four 3 of point 1, signs of weight 44 and so of 47', () => {
    const out = decodeBlock(formats.iq3_xxs, { 1: FOUR, 13: 1, 71: 0x08, 73: 0x70 });
    // 4 * 15 / 4 * 20, * 4; block 0: 4 / 4 * 4
    expect([out[44], out[45], out[47], out[40], out[0]]).toEqual([-300, 60, -60, 60, 4]);
  });

  test('iq3_s: d = 0.5, block 1 with scale 7, its four 3 of point 257, sign of weight 45', () => {
    const out = decodeBlock(formats.iq3_s, { 1: HALF, 13: 1, 67: 0x08, 79: 0x20, 106: 0x70 });
    // Point 257 is 5, 7, 9, 5.
    expect([out[44], out[45], out[46], out[40], out[0]]).toEqual([37.5, -52.5, 67.5, 7.5, 0.5]);
  });

  test('iq1_s: d = 0.5, block 1 with scale 7, moved down, its eight 2 of point 1', () => {
    const out = decodeBlock(formats.iq1_s, { 1: HALF, 8: 1, 37: 0xf0 });
    // 7.5 * (1 - 1/8), 7.5 * (-1 - 1/8), 0.5 * (-1 + 1/8)
    expect([out[48], out[49], out[0]]).toEqual([6.5625, -8.4375, -0.4375]);
  });

  test('iq1_m: d = 0.5 = 0x3800, block 4 with scale 7, eight 9 of point 1, moved down', () => {
    const out = decodeBlock(formats.iq1_m, { 9: 1, 36: 0x80, 50: 0x07, 53: 0x80, 55: 0x30 });
    // The last two: 7.5 * (-1 + 1/8), 0.5 * (-1 + 1/8)
    expect([out[72], out[73], out[64], out[0]]).toEqual([6.5625, -8.4375, -6.5625, -0.4375]);
  });

  test('iq2_kl: d = 0.5 for the row, block 5 with scale 35 = 10 0011, its pair 5 of index 16', () => {
    const out = decodeBlock(formats.iq2_kl, { 1: HALF, 3: 0x08, 5: 0x30, 77: 0x20 });
    // Pair 16 is 1, -10, pair 0 is -63, -23.
    expect([out[170], out[171], out[160], out[161], out[0]]).toEqual([1.5, -15, -94.5, -34.5, 1008]);
  });

  // From state 0x1234 + 4096 follow 74, -16; 32768 higher 17, 4, -63; from 4096 itself -47.
  test('iq1_kt: d = 0.5 for the row, block 5 with scale 13, its eight 2 of state 0x1234', () => {
    const out = decodeBlock(formats.iq1_kt, { 3: 0x3f, 9: 0x49, 34: 0x34, 50: 0x20 });
    expect([out[176], out[177], out[0]]).toEqual([481, -104, 2984.5]);
  });

  test('iq2_kt: d = 0.5 for the row, block 5 with scale 13, its eight 2 of state 0x1234', () => {
    const out = decodeBlock(formats.iq2_kt, { 3: 0x3f, 5: 0x90, 52: 0x34, 53: 0x12 });
    expect([out[176], out[177], out[0]]).toEqual([481, -104, 2984.5]);
  });

  test('iq3_kt: d = 0.5 for the row, block 5 with scale 3, its eight 2 of state 0x1234, sign of weight 177', () => {
    const out = decodeBlock(formats.iq3_kt, { 3: 0x3f, 5: 0x30, 52: 0x34, 53: 0x12, 89: 0x20 });
    expect([out[176], out[177], out[0]]).toEqual([111, -24, 0]);
  });

  test('iq4_kt: d = 0.5 for the row, block 5 with scale 67 and the second half, its four 4 of state 0x1234', () => {
    const out = decodeBlock(formats.iq4_kt, { 3: 0x3f, 24: 0x87, 26: 0x10, 80: 0x34, 112: 0x20 });
    expect([out[176], out[177], out[178], out[0]]).toEqual([25.5, 6, -94.5, 1504]);
  });

  test('iq6_k: d = 0.5, group 3: scales 1 and -2, the second of the shifted table', () => {
    // Blocks 12 and 14; weights 192 and 224 share qs[96] and qh[32]: bits 4-5 and 6-7.
    const out = decodeBlock(formats.iq6_k, {
      1: HALF,
      3: 0x40,
      16: 1,
      18: 0xfe,
      116: 0x00,
      180: 0b00_00_0000,
    });
    // Index 0 is the constant of the cubic, -127, or one more.
    expect([out[192], out[224]]).toEqual([-63.5, 126]);
    // Index 0b10_0001 = 33: the cubic gives about a third where the rounded table of the peer's kernels says 0.
    const near = decodeBlock(formats.iq6_k, { 1: HALF, 16: 2, 116: 0x01, 180: 0b00_10_0000 });
    expect(near[192]).toBeCloseTo(-127 + 6.2568 * 33 - 0.11218 * 33 ** 2 + 0.0011972 * 33 ** 3, 4);
  });

  test('iq4_ks: d = 0.5 for the row, block 7 with scale 130 and the shifted table', () => {
    const out = decodeBlock(formats.iq4_ks, { 3: 0x3f, 11: 131, 126: 0x98 });
    // Byte 126 is qs[114] = qs[16 * 7 + 2]. 0.5 * 3 * (1 + 4), 0.5 * 3 * (13 + 4); block 0: 0.5 * -127 * -127
    expect([out[226], out[242], out[0]]).toEqual([7.5, 25.5, 8064.5]);
  });

  test('iq4_kss: d = 0.5 for the row, block 0 with scale 130 and the shifted table', () => {
    // Scale byte 131 = 1000 0011: bit 0 of words 0, 1 and 7. Word 0 is 0x1ffe + 1: 0x1ffe ^ 0x0fff = 0x1001.
    const out = decodeBlock(formats.iq4_kss, { 3: 0x3f, 4: 0xff, 5: 0x1f, 6: 0x01, 18: 0x01 });
    // Low byte 0x01: weights 0 and 16 have indices 1 and 0. High byte 0x10: weights 1 and 17 have indices 0 and 1.
    const [first, second] = [1.5 * -123, 1.5 * -100];
    expect([out[0], out[16], out[1], out[17], out[2]]).toEqual([second, first, first, second, first]);
    // Block 1: scale byte 0.
    expect(out[32]).toBe(8064.5);
  });

  // A byte of digits holds their number times 256 / 243, rounded up: the digits 2 0 1 0 2 are 173, byte 183.
  test('tq1_0: d = 0.5', () => {
    const out = decodeBlock(formats.tq1_0, { 1: 183, 33: 183, 49: 183, 53: HALF });
    expect([1, 33, 65, 97, 129].map((i) => out[i])).toEqual([0.5, -0.5, 0, -0.5, 0.5]);
    expect([161, 177, 193, 209, 225].map((i) => out[i])).toEqual([0.5, -0.5, 0, -0.5, 0.5]);
    expect([241, 245, 249, 253].map((i) => out[i])).toEqual([0.5, -0.5, 0, -0.5]);
  });

  test('tq2_0: d = 0.5', () => {
    const out = decodeBlock(formats.tq2_0, { 33: 0b11_10_01_00, 65: HALF });
    expect([129, 161, 193, 225].map((i) => out[i])).toEqual([-0.5, 0, 0.5, 1]);
  });

  test('q1_0: d = 0.5', () => {
    const out = decodeBlock(formats.q1_0, { 1: HALF, 3: 0b1000_0001 });
    expect([out[7], out[8], out[9], out[15]]).toEqual([-0.5, 0.5, -0.5, 0.5]);
  });

  test('q2_0: d = 0.5', () => {
    const out = decodeBlock(formats.q2_0, { 1: HALF, 17: 0b11_10_01_00 });
    expect([60, 61, 62, 63].map((i) => out[i])).toEqual([-0.5, 0, 0.5, 1]);
  });

  test('pq2_0: d = 0.5', () => {
    const out = decodeBlock(formats.pq2_0, { 1: HALF, 33: 0b11_10_01_00 });
    expect([124, 125, 126, 127].map((i) => out[i])).toEqual([-0.5, 0, 0.5, 1]);
  });

  test('ptq1_0: d = 0.5, digits 2 0 1 0 2', () => {
    const out = decodeBlock(formats.ptq1_0, { 1: 183, 17: 183, 25: 183, 27: HALF });
    expect([1, 17, 33, 49, 65].map((i) => out[i])).toEqual([0.5, -0.5, 0, -0.5, 0.5]);
    expect([81, 89, 97, 105, 113].map((i) => out[i])).toEqual([0.5, -0.5, 0, -0.5, 0.5]);
    expect([121, 123, 125, 127].map((i) => out[i])).toEqual([0.5, -0.5, 0, -0.5]);
  });

  test('nvfp4: scales 1, the smallest, the largest, and the NaN that counts as zero', () => {
    const out = decodeBlock(formats.nvfp4, {
      0: 0x38,
      1: 1,
      2: 0x7e,
      3: 0x7f,
      4: 0x71,
      12: 0x0f,
      27: 0xa0,
      28: 7,
    });
    // Codes 1 and 7 are 0.5 and 6, 15 is -6, 10 is -1.
    expect([out[0], out[8], out[16], out[47], out[48]]).toEqual([0.5, 6, -6 / 512, -448, 0]);
  });

  test('iq1_bn: d = 0.5 for the row', () => {
    // The digits 2 0 1 0 2 from the least significant on, and 0 1 2 0 and a fifth of 0: 21, byte 23.
    const out = decodeBlock(formats.iq1_bn, { 1: HALF, 9: 183, 14: 23 });
    expect([42, 43, 44, 45, 46].map((i) => out[i])).toEqual([-0.5, -0.5, -0.5, -0.5, -0.5]);
    expect([37, 38, 39, 40, 41].map((i) => out[i])).toEqual([0.5, -0.5, 0, -0.5, 0.5]);
    expect([15, 31, 47, 63].map((i) => out[i])).toEqual([-0.5, 0, 0.5, -0.5]);
  });

  test('iq2_bn: d = 0.5 for the row', () => {
    const out = decodeBlock(formats.iq2_bn, { 3: 0x3f, 5: 0b11_10_01_00 });
    expect([1, 17, 33, 49].map((i) => out[i])).toEqual([-0.5, 0, 0.5, 1]);
  });

  test('i2_s: d = 0.5 for the row', () => {
    const out = decodeBlock(formats.i2_s, { 3: 0x3f, 5: 0b11_10_01_00, 35: 0b01_11_00_10 });
    expect([1, 33, 65, 97].map((i) => out[i])).toEqual([1, 0.5, 0, -0.5]);
    expect([31, 63, 95, 127].map((i) => out[i])).toEqual([0, 1, -0.5, 0.5]);
  });

  test('q8_KV: d = 0.5 for the row', () => {
    const out = decodeBlock(formats.q8_KV, { 3: 0x3f, 4: 99, 8: 3, 39: 0xff });
    expect([out[0], out[31]]).toEqual([1.5, -0.5]);
  });

  test('q8_1 and q8_K: d = 0.5, sums that are not looked at', () => {
    const small = decodeBlock(formats.q8_1, { 1: HALF, 3: ONE, 4: 3, 35: 0xff });
    expect([small[0], small[31]]).toEqual([1.5, -0.5]);
    const large = decodeBlock(formats.q8_K, { 3: 0x3f, 7: ONE, 8: 3, 263: 0xff, 264: 9 });
    expect([large[0], large[255]]).toEqual([1.5, -0.5]);
  });
});

describe('the sums of codes', () => {
  const row = Float32Array.from({ length: 256 }, (_, i) => (i === 3 ? 127 : 1));

  test.each([formats.q8_1, formats.q8_K, formats.q8_KV])('$name', (format) => {
    const bytes = new Uint8Array(bytesPerRow(format, row.length));
    format.encodeRow?.(row, undefined, bytes);
    const view = new DataView(bytes.buffer);
    const sums = {
      // 158 and 32 as binary16.
      q8_1: () => [view.getUint16(2, true), view.getUint16(38, true)].map((half) => half - 0x5000),
      q8_K: () => [view.getFloat32(4, true), view.getInt16(264, true), view.getInt16(266, true)],
      q8_KV: () => [view.getInt32(4, true)],
    };
    const expected = { q8_1: [0x58f0 - 0x5000, 0], q8_K: [382, 142, 16], q8_KV: [382] };
    expect(sums[format.name]()).toEqual(expected[format.name]);
  });
});

describe('q8_0 encodes', () => {
  /** The block of the first weights given, the others zero: the two bytes of the scale, then the codes. */
  function encodeBlock(...weights: number[]): Uint8Array {
    const row = new Float32Array(32);
    row.set(weights);
    const out = new Uint8Array(34);
    formats.q8_0.encodeRow?.(row, undefined, out);
    return out;
  }

  test('ties to the even code', () => {
    // d = 63.5 / 127 = 0.5
    const block = encodeBlock(63.5, 0.25, 0.75, -0.75, -0.25);
    expect([...block.subarray(0, 7)]).toEqual([0, HALF, 127, 0, 2, 0x100 - 2, 0]);
  });

  test('weights below the smallest scale as zeros, scale and codes', () => {
    expect(encodeBlock(1e-30, -1e-30)).toEqual(new Uint8Array(34));
  });

  test('weights beyond the largest scale as its largest codes', () => {
    // 65504 is 0x7bff.
    expect([...encodeBlock(1e30, -1e30).subarray(0, 4)]).toEqual([0xff, 0x7b, 127, 0x100 - 127]);
  });
});
