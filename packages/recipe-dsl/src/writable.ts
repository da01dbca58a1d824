import { formatNames, formats, type FormatName } from '@halftone/quant-formats';
import { RecipeError } from './error';
import type { Plan, PlannedTensor } from './types';

/** Names of the formats that can be written, in the order of ggml's type ids. */
const writableNames: readonly FormatName[] = formatNames.filter(
  (name) => formats[name].encodeRow !== undefined,
);

/** Names of tensors shown of a longer list. */
const SHOWN_NAMES = 4;

/** Whether the weights of a tensor are encoded: those that are kept or repacked stay what they are, whatever their type. */
export function isEncoded({ reason }: PlannedTensor): boolean {
  return reason.kind === 'rule' || reason.kind === 'default';
}

/** Whether this version can write what a plan makes of a tensor. */
export function hasEncoder(planned: PlannedTensor): boolean {
  return !isEncoded(planned) || writableNames.includes(planned.format);
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
