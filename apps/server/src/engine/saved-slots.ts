import type { RememberedAnswers } from '@halftone/conversation';
import path from 'node:path';
import type { SlotOwner, SlotTransfer } from './engine';
import { EngineError, engineErrorOf } from './error';
import type { Scheduler } from './scheduler';
import { modelIdentity, readSlotFile, slotFilePath, writeSlotFile, type SlotFileMaker } from './slot-file';

/** Where conversations are saved, and what with. */
export interface SavedSlotsParts {
  readonly scheduler: Scheduler;
  readonly answers: RememberedAnswers;
  /** `undefined`: nothing is saved or restored. */
  readonly folder: string | undefined;
  /** Path of the model's file. */
  readonly model: string;
  readonly cacheFormat: string;
}

/** Conversations of slots in files. All that it throws is an `EngineError`. */
export class SavedSlots {
  readonly #parts: SavedSlotsParts;
  /** Which model it is, for files; read from its file when it is first needed. */
  #identity: Promise<string> | undefined;

  constructor(parts: SavedSlotsParts) {
    this.#parts = parts;
  }

  save(slot: number, name: string, owner: SlotOwner): Promise<SlotTransfer> {
    const { scheduler, answers } = this.#parts;
    return this.#transfer(name, owner, async (file, maker) => {
      const saved = await scheduler.save(slot, owner.client, (tokens) =>
        answers.of(owner.client).save(tokens),
      );
      return { tokens: saved.tokens.length, bytes: await writeSlotFile(file, maker, saved) };
    });
  }

  restore(slot: number, name: string, owner: SlotOwner): Promise<SlotTransfer> {
    const { scheduler, answers } = this.#parts;
    return this.#transfer(name, owner, async (file, maker) => {
      const saved = await readSlotFile(file, maker);
      await scheduler.restore(slot, saved, owner.client);
      answers.of(owner.client).restore(saved.tokens, saved.answers);
      return { tokens: saved.tokens.length, bytes: saved.bytes };
    });
  }

  /** The file that is named, and how long it took. */
  async #transfer(
    name: string,
    { folder: own = '' }: SlotOwner,
    work: (file: string, maker: SlotFileMaker) => Promise<Omit<SlotTransfer, 'milliseconds'>>,
  ): Promise<SlotTransfer> {
    const { folder, model, cacheFormat } = this.#parts;
    try {
      if (folder === undefined) {
        throw new EngineError('bad-request', 'this server saves no conversations', {
          found: 'no folder for them',
          advice: 'Start it with --slot-save-path.',
        });
      }
      const began = performance.now();
      const file = slotFilePath(path.join(folder, own), name);
      this.#identity ??= modelIdentity(model);
      const done = await work(file, { model: await this.#identity, cacheFormat });
      return { ...done, milliseconds: performance.now() - began };
    } catch (error) {
      throw engineErrorOf(error);
    }
  }
}
