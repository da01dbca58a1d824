/**
 * How byte-level vocabularies write bytes as text: printable bytes as the character of that number, the other 68 as the characters
 * from U+0100 on (Radford et al., GPT-2, `bytes_to_unicode`).
 */
const isPrintable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);

/** The character of each byte. */
export const characterOfByte: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isPrintable(byte) ? byte : next++));
})();

const byteOfCharacter = new Map(characterOfByte.map((character, byte) => [character, byte]));

const encoder = new TextEncoder();

/** The bytes that the text of a token stands for; characters that stand for no byte are themselves, in UTF-8. */
export function bytesOfText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const byte = byteOfCharacter.get(character);
    if (byte === undefined) bytes.push(...encoder.encode(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
