import { z } from 'zod';
import type { Prompt } from '../../engine/engine';
import { listOf } from '../lists';

const tokens = listOf(z.int().min(0), { least: 1 });

/** One prompt: a text or its tokens. */
export const promptField = z.union([z.string(), tokens]);

/** What a {@link promptField} says. */
export function promptOf(field: string | readonly number[]): Prompt {
  return typeof field === 'string' ? { kind: 'text', text: field } : { kind: 'tokens', tokens: field };
}

/** One prompt or several, each a text or its tokens. */
export function promptsField(most: number) {
  return z.union([z.string(), tokens, listOf(promptField, { least: 1, most })]);
}

/** What a {@link promptsField} says. */
export function promptsOf(
  field: string | readonly number[] | readonly (string | number[])[],
): readonly Prompt[] {
  if (typeof field === 'string' || typeof field[0] === 'number')
    return [promptOf(field as string | number[])];
  return (field as (string | number[])[]).map(promptOf);
}
