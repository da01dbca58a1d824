import type { Ftype } from '../ftypes/ftype';
import { MAIN, PARTS, type Condition, type MixtureRule, type Part } from '../ftypes/mixture';
import type { Program } from '../ftypes/program';
import { hasLargeVocabulary, isKnownAs70B } from '../ftypes/model-kind';
import type { TypeName } from '../type-facts';
import type { ModelShape, SourceTensor } from '../types';
import { isOfPart } from './part';
import { Positions, type Position, type PositionsOptions } from './position';

/** The type that a tensor has when no rule names one. */
export interface DefaultType {
  readonly type: TypeName;
  /** Which default it is, for people. */
  readonly text: string;
}

/** What the default types of a model depend on. */
export interface DefaultTypesOptions extends PositionsOptions {
  readonly main: TypeName;
  readonly hasImportance: boolean;
}

/** What conditions ask about: a model, and one of its tensors. */
interface Asked extends Pick<DefaultTypesOptions, 'model' | 'hasImportance'> {
  readonly program: Program;
  readonly hasOutput: boolean;
  readonly tensor: SourceTensor;
  readonly position: () => Position;
}

const CONDITIONS: Readonly<Record<Condition, (asked: Asked) => boolean>> = {
  'experts>=2': ({ model }) => model.expertCount >= 2,
  'experts>=4': ({ model }) => model.expertCount >= 4,
  'experts>=8': ({ model }) => model.expertCount >= 8,
  'experts<4': ({ model }) => model.expertCount < 4,
  'experts=8': ({ model }) => model.expertCount === 8,
  'gqa>=2': ({ model }) => headsPerKeyValueHead(model) >= 2,
  'gqa>=4': ({ model }) => headsPerKeyValueHead(model) >= 4,
  '70B': ({ model, program }) => isKnownAs70B(model, program),
  'large vocabulary': ({ model }) => hasLargeVocabulary(model),
  falcon: ({ model }) => model.architecture === 'falcon',
  'dflash-draft': ({ model }) => model.architecture === 'dflash-draft',
  bailingmoe3: ({ model }) => model.architecture === 'bailingmoe3',
  tied: ({ hasOutput }) => !hasOutput,
  'odd rows': ({ tensor }) => (tensor.dimensions[0] ?? 0) % 256 !== 0,
  'one matrix': ({ tensor }) => (tensor.dimensions[2] ?? 1) === 1,
  imatrix: ({ hasImportance }) => hasImportance,
  'no imatrix': ({ hasImportance }) => !hasImportance,
  'first 2': ({ position }) => position().index < 2,
  'first 4': ({ position }) => position().index < 4,
  'first 1/16': ({ position }) => isBefore(position(), 1 / 16),
  'first 1/8': ({ position }) => isBefore(position(), 1 / 8),
  'first 1/8 counted': ({ position }) => isBefore({ ...position(), index: position().counted }, 1 / 8),
  'middle 6/8': ({ position }) => !isBefore(position(), 1 / 8) && isBefore(position(), 7 / 8),
  'more bits': ({ position }) => hasMoreBits(position()),
};

function headsPerKeyValueHead({ headCount, keyValueHeadCount }: ModelShape): number {
  return keyValueHeadCount === 0 ? 0 : Math.floor(headCount / keyValueHeadCount);
}

/** Whether a tensor stands in the first part of those of its kind; the parts are powers of two, so nothing is rounded but the count. */
function isBefore({ index, count }: Pick<Position, 'index' | 'count'>, part: number): boolean {
  return index < Math.floor(count * part);
}

function hasMoreBits({ index, count }: Position): boolean {
  const eighth = Math.floor(count / 8);
  return index < eighth || index >= Math.floor((7 * count) / 8) || (index - eighth) % 3 === 2;
}

/** The type of all tensors that have no default of their own. */
export function mainType(ftype: Ftype, type: TypeName): DefaultType {
  return { type, text: `main type of ${ftype.name}` };
}

/** The default types of the tensors of one model, by the mixture of a quantized file type. */
export class DefaultTypes {
  readonly #options: DefaultTypesOptions;
  readonly #hasOutput: boolean;
  readonly #positions: Positions;

  constructor(options: DefaultTypesOptions) {
    this.#options = options;
    this.#hasOutput = options.tensors.some(({ name }) => name === 'output.weight');
    this.#positions = new Positions(options);
  }

  /** The default type of one of the candidates. To be asked only where no rule decides, so that no fact must be known that is not needed. */
  of(tensor: SourceTensor): DefaultType {
    const { ftype, main, model, hasImportance } = this.#options;
    const { program } = ftype;
    const position = (): Position => this.#positions.of(tensor);
    const asked = { program, model, hasImportance, hasOutput: this.#hasOutput, tensor, position };
    for (const part of this.#partsOf(tensor.name)) {
      const rule = ftype.mixture[part]?.find(([, ...when]) => when.every((name) => CONDITIONS[name](asked)));
      if (rule !== undefined) return defaultOfRule(rule, part, this.#options);
    }
    return mainType(ftype, main);
  }

  /** The output matrix and the token embedding are of no other part. */
  #partsOf(name: string): readonly Part[] {
    const { program } = this.#options.ftype;
    if (name === 'output.weight') return ['output'];
    if (name === 'token_embd.weight') return [this.#hasOutput ? 'token_embd' : 'output'];
    if (name === 'per_layer_token_embd.weight')
      return [this.#hasOutput || program === 'ik_llama.cpp' ? 'token_embd' : 'output'];
    return PARTS.filter((part) => isOfPart(name, part, program));
  }
}

function defaultOfRule(
  [type, ...when]: MixtureRule,
  part: Part,
  { ftype, main }: DefaultTypesOptions,
): DefaultType {
  if (type === MAIN) return mainType(ftype, main);
  const conditions = when.length === 0 ? '' : ` (${when.join(', ')})`;
  return { type, text: `${part} of ${ftype.name}${conditions}` };
}
