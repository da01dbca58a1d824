import { z } from 'zod';
import type { Prompt } from '../../engine/engine';
import { listOf } from '../lists';

const tokens = listOf(z.int().min(0), { least: 1 });

/** One prompt or several, each a text or its tokens. */
export function promptsField(most: number) {
  return z.union([z.string(), tokens, listOf(z.union([z.string(), tokens]), { least: 1, most })]);
}

/** What a {@link promptsField} says. */
export function promptsOf(
  field: string | readonly number[] | readonly (string | number[])[],
): readonly Prompt[] {
  if (typeof field === 'string') return [{ kind: 'text', text: field }];
  const [first] = field;
  if (typeof first === 'number') return [{ kind: 'tokens', tokens: field as number[] }];
  return (field as (string | number[])[]).map((one) =>
    typeof one === 'string' ? { kind: 'text', text: one } : { kind: 'tokens', tokens: one },
  );
}
