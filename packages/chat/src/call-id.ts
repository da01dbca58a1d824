/** Letters and digits of the id of a call: what Mistral's templates and API take, and every other with them. */
export const CALL_ID_LENGTH = 9;
const CALL_ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Bytes above are not used, so that all letters are equally likely. */
const LARGEST_FAIR = 256 - (256 % CALL_ID_ALPHABET.length);

/** Whether an id is one that every template and API takes: nine letters and digits. */
export function isCallId(id: string): boolean {
  return id.length === CALL_ID_LENGTH && Array.from(id).every((letter) => CALL_ID_ALPHABET.includes(letter));
}

/** A random id of a call. */
export function randomCallId(): string {
  let id = '';
  while (id.length < CALL_ID_LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
      if (byte < LARGEST_FAIR && id.length < CALL_ID_LENGTH) {
        id += CALL_ID_ALPHABET.charAt(byte % CALL_ID_ALPHABET.length);
      }
    }
  }
  return id;
}

/**
 * The id of a call that follows from a text: the same conversation gives the same ids, and so the same prompt, on every turn. Two
 * rounds of FNV-1a with 32 bits each.
 */
export function callIdFrom(seed: string): string {
  const base = CALL_ID_ALPHABET.length;
  let id = '';
  let low = fnv1a(seed, 0x811c9dc5);
  let high = fnv1a(seed, low);
  for (let index = 0; index < CALL_ID_LENGTH; index++) {
    const half = index % 2 === 0 ? low : high;
    id += CALL_ID_ALPHABET.charAt(half % base);
    if (index % 2 === 0) low = Math.floor(low / base) ^ high;
    else high = Math.floor(high / base) ^ low;
    low >>>= 0;
    high >>>= 0;
  }
  return id;
}

function fnv1a(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
