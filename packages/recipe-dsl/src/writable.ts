import { formats } from '@halftone/quant-formats';
import { RecipeError } from './error';
import { typeNames, type TypeName } from './type-facts';
import type { Plan, PlannedTensor } from './types';

/** Names of the types that can be written, in the order of ggml's type ids. */
const writableNames: readonly TypeName[] = typeNames.filter((name) => formats[name].encodeRow !== undefined);

/** Names of tensors shown of a longer list. */
const SHOWN_NAMES = 4;

/** Whether the weights of a tensor are encoded: those that are kept or repacked stay what they are, whatever their type. */
export function isEncoded({ reason }: PlannedTensor): boolean {
  return reason.kind === 'rule' || reason.kind === 'default';
}

/** Whether what a plan makes of a tensor can be written; where the type is read and not written, it is not even copied. */
export function isWritable({ format }: PlannedTensor): boolean {
  return writableNames.includes(format);
}

/**
 * The plan, once it is sure that all that it names can be written.
 *
 * @throws RecipeError `unwritable-type`, naming the tensors of the first type that is read and not written
 */
export function requireWritable(plan: Plan): Plan {
  const refused = plan.tensors.filter((tensor) => !isWritable(tensor));
  const [first] = refused;
  if (first === undefined) return plan;
  const names = refused.filter(({ format }) => format === first.format).map(({ source }) => source.name);
  const shown = names.slice(0, SHOWN_NAMES).join(', ');
  throw new RecipeError('unwritable-type', `tensors of ${first.format} are read and not written`, {
    tensor: names[0],
    found: `${names.length} ${names.length === 1 ? 'tensor' : 'tensors'}: ${shown}${names.length > SHOWN_NAMES ? ', …' : ''}`,
    allowed: writableNames.join(', '),
    // It holds three values with a scale to the bit, as all types do that are only read.
    advice: `Quantize them to another type, which a file type or a rule names, for example ${kindOf(first.source.name)}=iq2_bn.`,
  });
}

/** The name without the number of its layer: `blk.7.attn_v.weight` is an `attn_v`. */
function kindOf(name: string): string {
  return name.replace(/^blk\.\d+\./, '').replace(/\.weight$/, '');
}
