import type { SavedAnswer } from '@halftone/conversation';
import type { SavedSequence } from '@halftone/runtime';
import { createHash, randomBytes, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { EngineError } from './error';

/** A conversation as a file has it. */
export interface SavedConversation {
  readonly tokens: Int32Array;
  readonly answers: readonly SavedAnswer[];
  readonly sequence: SavedSequence;
}

/** What has to be the same where a conversation is saved and where it is restored. */
export interface SlotFileMaker {
  /** Which model: see `modelIdentity`. */
  readonly model: string;
  readonly cacheFormat: string;
}

/*
 * The file: MAGIC, u32 VERSION, u32 length of the header, the header (JSON), i32 tokens, i32 positions, bytes of keys and values, and the
 * SHA-256 of all that. Numbers are little-endian.
 */
const MAGIC = Buffer.from('HTNSLOT\n');
const VERSION = 1;
const PREFIX_BYTES = MAGIC.length + 8;
const DIGEST_BYTES = 32;

/** Threat: memory. Largest: the answers of a long conversation, without their text some 100 KB. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;

/** A pipe in the folder would be waited for without end. Windows has neither such pipes nor the flag. */
const READ_AT_ONCE = constants.O_RDONLY | constants.O_NONBLOCK;

/** Bytes that are written or read at once. */
const PIECE_BYTES = 64 * 1024 * 1024;

const headerSchema = z.object({
  model: z.string(),
  cacheFormat: z.string(),
  tokens: z.int().min(0),
  answers: z.array(
    z.object({ key: z.string(), start: z.int().min(0), end: z.int().min(0), reasoning: z.string() }),
  ),
});

/** Letters, digits, `_`, `-` and, but not at the beginning, `.`: no name leads out of a folder, whatever the system. */
const NAME = /^[a-zA-Z0-9_-][a-zA-Z0-9._-]{0,127}$/;

/** Names that are devices on Windows, whatever follows a dot. */
const DEVICE_NAME = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** The path of a file that a request names. @throws EngineError `bad-request` for whatever could be another file than one of the folder. */
export function slotFilePath(folder: string, name: string): string {
  if (NAME.test(name) && !DEVICE_NAME.test(name) && !name.endsWith('.')) return path.join(folder, name);
  throw new EngineError('bad-request', 'a saved conversation cannot have this name', {
    part: 'file',
    found: JSON.stringify(name),
    allowed: 'letters, digits, "_", "-" and "." but not at either end, 128 at most',
  });
}

/** Write a conversation beside the file, then put it into its place; the folder is made if there is none. Gives the bytes of the file. */
export async function writeSlotFile(
  file: string,
  maker: SlotFileMaker,
  { tokens, answers, sequence }: SavedConversation,
): Promise<number> {
  const header = Buffer.from(JSON.stringify({ ...maker, tokens: tokens.length, answers }));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  MAGIC.copy(prefix);
  prefix.writeUInt32LE(VERSION, MAGIC.length);
  prefix.writeUInt32LE(header.length, MAGIC.length + 4);
  const pieces = [prefix, header, bytesOf(tokens), bytesOf(sequence.positions), sequence.bytes];
  const temporary = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${randomBytes(6).toString('hex')}`,
  );
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      const written = await writeAll(handle, pieces);
      await handle.sync();
      await rename(temporary, file);
      return written;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    await rm(temporary, { force: true });
    throw notSaved(cause);
  }
}

/** A folder stands where the file is to be: no other file of the name can be there. All else is no fault of the request. */
function notSaved(cause: unknown): EngineError {
  const { code } = cause as NodeJS.ErrnoException;
  const what = 'the conversation cannot be saved';
  if (code === 'EISDIR' || code === 'ENOTEMPTY' || code === 'EEXIST') {
    const advice = 'Give it another name.';
    return new EngineError('bad-request', what, {
      part: 'file',
      found: 'a folder of that name',
      allowed: 'a name that no folder has',
      advice,
      cause,
    });
  }
  return new EngineError('failed', what, { found: code, cause });
}

async function writeAll(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<number> {
  const hash = createHash('sha256');
  let length = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      await handle.writeFile(bytes.subarray(at, at + PIECE_BYTES));
    }
    length += bytes.length;
  };
  for (const piece of pieces) {
    hash.update(piece);
    await write(piece);
  }
  await write(hash.digest());
  return length;
}

/**
 * Read a conversation that was saved.
 *
 * @throws EngineError `bad-request` for a file that there is not, that is damaged, or that another model or server has saved.
 */
export async function readSlotFile(
  file: string,
  maker: SlotFileMaker,
): Promise<SavedConversation & { readonly bytes: number }> {
  const noSuchFile = (cause?: unknown): EngineError =>
    new EngineError('bad-request', 'there is no such saved conversation', {
      part: 'file',
      found: path.basename(file),
      allowed: 'a name by which one was saved',
      cause,
    });
  const handle = await open(file, READ_AT_ONCE).catch((cause: unknown) => {
    throw noSuchFile(cause);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw noSuchFile();
    const reader = new SlotFileReader(handle, stats.size);
    const header = await reader.header(maker);
    const tokens = intsOf(await reader.take(4 * header.tokens));
    const positions = intsOf(await reader.take(4 * header.tokens));
    const bytes = await reader.rest();
    return { tokens, answers: header.answers, sequence: { positions, bytes }, bytes: reader.size };
  } finally {
    await handle.close();
  }
}

/** Reads a file from its beginning to its end, and adds it up. */
class SlotFileReader {
  readonly #hash: Hash = createHash('sha256');
  #at = 0;

  constructor(
    private readonly handle: FileHandle,
    readonly size: number,
  ) {}

  async header(maker: SlotFileMaker): Promise<z.output<typeof headerSchema>> {
    const prefix = Buffer.from(await this.take(PREFIX_BYTES));
    if (!prefix.subarray(0, MAGIC.length).equals(MAGIC)) throw damaged('it is no saved conversation');
    const version = prefix.readUInt32LE(MAGIC.length);
    if (version !== VERSION) throw damaged(`its version is ${version}, not ${VERSION}`);
    const length = prefix.readUInt32LE(MAGIC.length + 4);
    if (length > MAX_HEADER_BYTES) throw damaged('its header is too long');
    const header = headerSchema.safeParse(parsedJson(await this.take(length)));
    if (!header.success) throw damaged('its header is none');
    for (const what of ['model', 'cacheFormat'] as const) {
      if (header.data[what] !== maker[what]) throw damaged(`its ${what} is another one`);
    }
    return header.data;
  }

  async take(length: number): Promise<Uint8Array> {
    if (length > this.size - DIGEST_BYTES - this.#at) throw damaged('its end is missing');
    const bytes = await this.#read(length);
    this.#hash.update(bytes);
    return bytes;
  }

  /** What is left, up to the digest, which has to be right. */
  async rest(): Promise<Uint8Array> {
    const bytes = await this.take(this.size - DIGEST_BYTES - this.#at);
    const digest = await this.#read(DIGEST_BYTES);
    if (!this.#hash.digest().equals(digest)) throw damaged('its bytes are not those that were saved');
    return bytes;
  }

  async #read(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const count = Math.min(PIECE_BYTES, length - at);
      const { bytesRead } = await this.handle.read(bytes, at, count, this.#at);
      if (bytesRead === 0) throw damaged('its end is missing');
      at += bytesRead;
      this.#at += bytesRead;
    }
    return bytes;
  }
}

function damaged(found: string): EngineError {
  return new EngineError('bad-request', 'the saved conversation cannot be restored', {
    part: 'file',
    found,
    allowed: 'a file as this server saves them',
    advice: 'Save it again with this model and this cache type.',
  });
}

function parsedJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

/** Halftone runs on little-endian machines alone. */
function bytesOf(ints: Int32Array): Uint8Array {
  return new Uint8Array(ints.buffer, ints.byteOffset, ints.byteLength);
}

function intsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** Samples of a model's file, and bytes of each. */
const SAMPLES = 256;
const SAMPLE_BYTES = 4096;

/** Which model a file is: its length and samples of its bytes, so that another model of the same shape is another one. */
export async function modelIdentity(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const hash = createHash('sha256').update(String(size));
    const bytes = new Uint8Array(SAMPLE_BYTES);
    for (let sample = 0; sample < SAMPLES; sample++) {
      const at = Math.floor((sample * Math.max(0, size - SAMPLE_BYTES)) / (SAMPLES - 1));
      const { bytesRead } = await handle.read(bytes, 0, SAMPLE_BYTES, at);
      hash.update(bytes.subarray(0, bytesRead));
    }
    return hash.digest('hex');
  } finally {
    await handle.close();
  }
}
