import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { openGgufFile } from '@halftone/gguf-io/node';
import { createTokenizer } from '@halftone/tokenizer';
import { describe, expect, it } from 'vitest';
import { firstTokens } from '../src/first-tokens';

const file = await openGgufFile(fileURLToPath(demoModel.model));
const tokenizer = createTokenizer(file.metadata);
await file.close();
const text = (await readFile(demoModel.validationText, 'utf8')).slice(0, 200_000);

describe('firstTokens', () => {
  it('are those of the whole text, of which a part is read', () => {
    const whole = tokenizer.encode(text);
    let longest = 0;
    const encode = (part: string): Int32Array => {
      longest = Math.max(longest, part.length);
      return tokenizer.encode(part);
    };
    for (let count = 1; count < 4_000; count = 2 * count + 1) {
      expect(firstTokens(text, count, encode).subarray(0, count)).toEqual(whole.subarray(0, count));
    }
    expect(longest).toBeLessThan(text.length / 4);
  });

  it('are all tokens of a short text, and of a text without lines', () => {
    const encode = (part: string): Int32Array =>
      Int32Array.from(part, (letter) => letter.codePointAt(0) ?? 0);
    expect(firstTokens('short', 100, encode)).toHaveLength(5);
    expect(firstTokens('x'.repeat(10_000), 10, encode)).toHaveLength(10_000);
  });

  it('end before the end of a line, never within an escape', () => {
    const lines = `${'\\n\n'.repeat(100)}word\n${'rest of the text\n'.repeat(1000)}`;
    const parts: string[] = [];
    firstTokens(lines, 1, (part) => {
      parts.push(part);
      return new Int32Array(3);
    });
    expect(parts).toEqual([`${'\\n\n'.repeat(100)}word`]);
  });
});
