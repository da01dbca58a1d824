import { metadataNumber, metadataNumbers, metadataString, type GgufMetadata } from '@halftone/gguf-io';
import { RuntimeError } from '../error';
import { MAX_CONTEXT } from './limits';

/** Which numbers a key may have, and what it is when it is left out. Without `otherwise` the key must be there. */
export interface NumberRule {
  readonly least: number;
  readonly most: number;
  readonly otherwise?: number;
}

/**
 * The metadata of one architecture, read by key and checked.
 *
 * Names are those without the architecture's prefix: `block_count` is `llama.block_count`. Every error names the key, what was
 * found and what is allowed. `GgufError` `wrong-metadata-type` is thrown where the type of a value is wrong.
 */
export class ModelKeys {
  constructor(
    readonly metadata: GgufMetadata,
    readonly architecture: string,
    readonly file: string,
  ) {}

  /** A whole number. Where layers may differ (a list with a number for each), all must be equal. */
  count(name: string, rule: NumberRule): number {
    const value = this.#single(name) ?? this.#otherwise(name, rule.otherwise);
    if (Number.isInteger(value) && value >= rule.least && value <= rule.most) return value;
    throw this.badValue(name, value, `whole numbers from ${rule.least} to ${rule.most}`);
  }

  /** Tokens of the context before it was stretched; `contextLength` where the file does not say that it was. */
  originalContext(contextLength: number): number {
    const rule = { least: 1, most: MAX_CONTEXT, otherwise: contextLength };
    return this.count('rope.scaling.original_context_length', rule);
  }

  /** A number with a fraction. */
  real(name: string, rule: NumberRule): number {
    const value = this.optional(name) ?? this.#otherwise(name, rule.otherwise);
    if (value >= rule.least && value <= rule.most) return value;
    throw this.badValue(name, value, `${rule.least} to ${rule.most}`);
  }

  /** A number above 0. */
  positive(name: string, otherwise?: number): number {
    const value = this.optional(name) ?? this.#otherwise(name, otherwise);
    if (value > 0 && value < Infinity) return value;
    throw this.badValue(name, value, 'finite numbers above 0');
  }

  /** A number, or `undefined` where there is no such key. */
  optional(name: string): number | undefined {
    return metadataNumber(this.metadata, this.#key(name), this.file);
  }

  /** One of some words. */
  word<const Word extends string>(name: string, words: readonly Word[], otherwise: Word): Word {
    const found = metadataString(this.metadata, this.#key(name), this.file);
    if (found === undefined) return otherwise;
    const word = words.find((one) => one === found);
    if (word !== undefined) return word;
    throw this.badValue(name, found, words.join(', '));
  }

  /** True or false. */
  flag(name: string, otherwise: boolean): boolean {
    const entry = this.metadata.get(this.#key(name));
    if (entry === undefined) return otherwise;
    if (entry.type === 'bool') return entry.value;
    throw this.badValue(name, entry.type, 'true or false');
  }

  /** The error for a value that no model has. */
  badValue(name: string, found: string | number, allowed: string): RuntimeError {
    return new RuntimeError(
      'bad-value',
      `the metadata value of ${JSON.stringify(this.#key(name))} is out of range`,
      {
        file: this.file,
        found,
        allowed,
        advice: 'The file is damaged, or was converted with a faulty program: convert the model again.',
      },
    );
  }

  /** The error for a value that asks for something that is not done here. */
  unsupported(name: string, found: string | number, allowed: string): RuntimeError {
    return new RuntimeError(
      'unsupported',
      `${JSON.stringify(this.#key(name))} asks for what cannot be run yet`,
      {
        file: this.file,
        found,
        allowed,
      },
    );
  }

  #single(name: string): number | undefined {
    const values = metadataNumbers(this.metadata, this.#key(name), this.file);
    if (values === undefined) return undefined;
    const [first] = values;
    if (first === undefined) throw this.badValue(name, 'an empty list', 'a number');
    const other = values.find((value) => value !== first);
    if (other === undefined) return first;
    throw this.unsupported(name, `${first} and ${other}`, 'the same number for all layers');
  }

  #otherwise(name: string, otherwise: number | undefined): number {
    if (otherwise !== undefined) return otherwise;
    throw new RuntimeError('missing-key', `the metadata have no ${JSON.stringify(this.#key(name))}`, {
      file: this.file,
      advice: 'The model cannot be run without it: convert the model again.',
    });
  }

  #key(name: string): string {
    return `${this.architecture}.${name}`;
  }
}
