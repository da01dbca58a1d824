import { formatNames, formats, type FormatName } from '@halftone/quant-formats';
import { RecipeError } from './error';
import type { Plan, PlannedTensor } from './types';

/** Names of the formats that can be written, in the order of ggml's type ids. */
const writableNames: readonly FormatName[] = formatNames.filter(
  (name) => formats[name].encodeRow !== undefined,
);

/** Names of tensors shown of a longer list. */
const SHOWN_NAMES = 4;

/** Whether this version can write tensors of a type; `kept` tensors are copied, whatever their type. */
export function hasEncoder({ format, reason }: PlannedTensor): boolean {
  return reason.kind === 'kept' || writableNames.includes(format);
}

/**
 * The plan, once it is sure that all that it names can be written.
 *
 * @throws RecipeError `unwritable-type`, naming the tensors of the first type that has no encoder yet
 */
export function requireEncoders(plan: Plan): Plan {
  const missing = plan.tensors.filter((tensor) => !hasEncoder(tensor));
  if (missing.length === 0) return plan;
  const [first] = missing;
  const names = missing.filter(({ format }) => format === first?.format).map(({ source }) => source.name);
  const shown = names.slice(0, SHOWN_NAMES).join(', ');
  throw new RecipeError('unwritable-type', `this version has no encoder for ${first?.format ?? ''} yet`, {
    tensor: names[0],
    found: `${names.length} ${names.length === 1 ? 'tensor' : 'tensors'}: ${shown}${names.length > SHOWN_NAMES ? ', …' : ''}`,
    allowed: writableNames.join(', '),
    advice: `Give them another type by a rule, for example ${kindOf(names[0] ?? '')}=iq6_k, or take another file type.`,
  });
}

/** The name without the number of its layer: `blk.7.attn_v.weight` is an `attn_v`. */
function kindOf(name: string): string {
  return name.replace(/^blk\.\d+\./, '').replace(/\.weight$/, '');
}
