/**
 * One row of ik_llama.cpp's file of base predictions: logarithms of probabilities in 16 bits each
 * (examples/perplexity/perplexity.cpp, `log_softmax` with a `uint16_t *`).
 *
 *     byte 0        4             8                     8 + 2 * vocabulary
 *          +--------+-------------+---------------------+- - - - - - +
 *          | scale  | least log p | one u16 per token   | pad of odd |
 *          | f32    | f32         |                     | vocabulary |
 *          +--------+-------------+---------------------+- - - - - - +
 *
 * ln p = scale * code + least log p; everything is little-endian. Logits more than 24 below the largest are taken for 24 below it.
 */
const HEAD_CODES = 4;
const RANGE = 24;
const GREATEST_CODE = 65535;

/** 16-bit words of a row for a vocabulary of this size. */
export function baseRecordLength(vocabulary: number): number {
  return 2 * Math.floor((vocabulary + 1) / 2) + HEAD_CODES;
}

/** Code natural logarithms of probabilities (vocabulary) into `out` ({@link baseRecordLength}). */
export function encodeBaseRecord(logProbabilities: Float32Array, out: Uint16Array): void {
  let greatest = -Infinity;
  let least = Infinity;
  for (const value of logProbabilities) {
    if (value > greatest) greatest = value;
    if (value < least) least = value;
  }
  least = Math.fround(Math.max(least, greatest - RANGE));
  const scale = Math.fround((greatest - least) / GREATEST_CODE);
  const head = new DataView(out.buffer, out.byteOffset, 2 * HEAD_CODES);
  head.setFloat32(0, scale, true);
  head.setFloat32(4, least, true);
  out.fill(0, HEAD_CODES);
  if (scale === 0) return;
  for (let token = 0; token < logProbabilities.length; token++) {
    const above = (logProbabilities[token] ?? 0) - least;
    if (above > 0) out[HEAD_CODES + token] = Math.min(GREATEST_CODE, Math.round(above / scale));
  }
}

/** The natural logarithms of probabilities (vocabulary) that a row holds, into `out`. */
export function decodeBaseRecord(record: Uint16Array, out: Float32Array): void {
  const head = new DataView(record.buffer, record.byteOffset, 2 * HEAD_CODES);
  const scale = head.getFloat32(0, true);
  const least = head.getFloat32(4, true);
  for (let token = 0; token < out.length; token++) {
    out[token] = scale * (record[HEAD_CODES + token] ?? 0) + least;
  }
}
