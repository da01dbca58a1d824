import { RecipeError } from './error';
import { writableNames } from './type-facts';
import type { Plan, PlannedTensor, PlanReason } from './types';

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
 * @throws RecipeError `unwritable-type`, naming the first tensors whose type is read and not written, and why they would have it
 */
export function requireWritable(plan: Plan): Plan {
  const refused = plan.tensors.filter((tensor) => !isWritable(tensor));
  const [first] = refused;
  if (first === undefined) return plan;
  const { why, advice } = reasonWords(first.reason);
  const names = refused
    .filter(({ format, reason }) => format === first.format && reasonWords(reason).why === why)
    .map(({ source }) => source.name);
  const shown = names.slice(0, SHOWN_NAMES).join(', ');
  throw new RecipeError('unwritable-type', `tensors of ${first.format} are read and not written`, {
    tensor: names[0],
    found: `${names.length} ${names.length === 1 ? 'tensor' : 'tensors'} (${why}): ${shown}${names.length > SHOWN_NAMES ? ', …' : ''}`,
    advice,
  });
}

/** Why a tensor would have its type, and what gives it another. Types that are only read hold three values with a scale, as iq2_bn does to the bit. */
function reasonWords(reason: PlanReason): { readonly why: string; readonly advice: string } {
  if (reason.kind !== 'rule') {
    return {
      why: reason.text,
      advice:
        'Quantize to another file type, such as IQ2_BN with --allow-requantize, and without --leave-output-tensor.',
    };
  }
  const { option, pattern, format, line } = reason.rule;
  const origin = option ?? `line ${line} of the rules`;
  return {
    why: option === undefined ? `${origin} says ${pattern}=${format}` : `${option} names it`,
    advice: `Name another type in ${origin}, such as iq2_bn.`,
  };
}
