const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** Bytes above are not used, so that all letters are equally likely. */
const LARGEST_FAIR = 256 - (256 % ALPHABET.length);

/** A random id of a call: nine letters and digits, which every template and API takes, Mistral's too. */
export function randomCallId(): string {
  let id = '';
  while (id.length < 9) {
    for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
      if (byte < LARGEST_FAIR && id.length < 9) id += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return id;
}
