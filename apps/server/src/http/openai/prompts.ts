import { z } from 'zod';
import type { Prompt } from '../../engine/engine';

const tokens = z.array(z.int().min(0)).min(1);

/** One prompt or several, each a text or its tokens. */
export function promptsField(most: number) {
  return z.union([
    z.string(),
    tokens,
    z
      .array(z.union([z.string(), tokens]))
      .min(1)
      .max(most),
  ]);
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
