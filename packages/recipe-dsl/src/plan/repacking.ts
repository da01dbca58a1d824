import { RecipeError } from '../error';
import type { Ftype } from '../ftypes/ftype';
import { ftypes, parseFtype } from '../ftypes/index';
import type { NameTest } from '../pattern';
import { isTypeName, typeFacts, typeNames, type TypeName } from '../type-facts';
import type { Plan, SourceTensor } from '../types';
import { typeForTensor } from './fallback';
import { keep, sized, totals } from './planned-tensor';

/** `repack`: single rows are interleaved. `unpack`: interleaved rows are taken apart. */
export type Repacking = 'repack' | 'unpack';

/** What to do with the rows of a model. */
export interface RepackingOptions {
  /** All tensors of the model, in the order of the file. */
  readonly tensors: readonly SourceTensor[];
  readonly repacking: Repacking;
  /** Only tensors whose names match one of these; none for all. */
  readonly only: readonly NameTest[];
}

/** Types that `llama-quantize --repack` of ik_llama.cpp takes others to, each by the other. Floats it takes there on some processors alone. */
const INTERLEAVED_FORM: ReadonlyMap<string, TypeName> = new Map(
  typeNames.flatMap((name): [string, TypeName][] => {
    const { interleaved, family } = typeFacts(name);
    return interleaved?.isRepackTarget === true && family !== 'float'
      ? [[interleaved.single.name, name]]
      : [];
  }),
);

/**
 * Plan to move the bits of a model and no more: every tensor keeps its weights to the bit, in the type whose rows are interleaved,
 * or in the type of single rows.
 *
 * @throws RecipeError `nothing-to-repack` when every tensor stays as it is
 */
export function planRepacking({ tensors, repacking, only }: RepackingOptions): Plan {
  const planned = tensors.map((tensor) => {
    const type = otherForm(tensor.format, repacking);
    if (type === undefined)
      return keep(
        tensor,
        `${tensor.format} has no ${repacking === 'repack' ? 'interleaved' : 'single'} form`,
      );
    if (only.length > 0 && !only.some((matches) => matches(tensor.name))) return keep(tensor, 'not named');
    const { fallback } = typeForTensor(type, tensor, 'ik_llama.cpp');
    if (fallback !== undefined) return keep(tensor, `not ${type}, ${fallback.why}`);
    return sized(tensor, type, { kind: 'repacked', text: `the same weights, ${repacking}ed` });
  });
  if (!planned.some(({ reason }) => reason.kind === 'repacked')) throw nothingToRepack(repacking, tensors);
  return { tensors: planned, unusedRules: [], totals: totals(planned) };
}

/** The file type of a model when it is repacked or unpacked; COPY, which leaves it as it is, where its main type stays. */
export function repackedFtype(fileType: number | undefined, repacking: Repacking): Ftype {
  const ftype = ftypes.find(({ id }) => id !== undefined && id === fileType);
  const mainType = ftype?.mainType && otherForm(ftype.mainType, repacking);
  if (ftype === undefined || mainType === undefined) return parseFtype('COPY');
  const candidates = ftypes.filter((one) => one.mainType === mainType);
  // IQ3_S_R4 may have been IQ3_S or IQ3_XS: of several the one of its name, else the one of the fewest bits.
  const name = ftype.name.replace(/_R\d+$/, '');
  return candidates.find((one) => one.name === name) ?? candidates[0] ?? parseFtype('COPY');
}

function otherForm(type: TypeName, repacking: Repacking): TypeName | undefined {
  if (repacking === 'repack') return INTERLEAVED_FORM.get(type);
  const { interleaved } = typeFacts(type);
  // Some types interleave rows that no type stores one by one; those have the name of the interleaved type.
  const single = interleaved?.single.name ?? type;
  return single !== type && isTypeName(single) ? single : undefined;
}

function nothingToRepack(repacking: Repacking, tensors: readonly SourceTensor[]): RecipeError {
  const types = [...new Set(tensors.map(({ format }) => format))];
  const forms = typeNames.filter((name) => otherForm(name, repacking) !== undefined);
  return new RecipeError('nothing-to-repack', `there is nothing to ${repacking}`, {
    found: `tensors of ${types.join(', ')}`,
    allowed: `at least one tensor of ${forms.join(', ')}, whose name matches and whose rows can stand together`,
    advice: 'See the types with halftone inspect.',
  });
}
