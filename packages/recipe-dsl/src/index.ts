export { RecipeError, type RecipeErrorCode } from './error';
export { findFtype, ftypes, looksLikeFtype, parseFtype } from './ftypes/index';
export type { Ftype } from './ftypes/ftype';
export { PROGRAMS, type Program } from './ftypes/program';
export type { Condition, Mixture, MixtureRule, Part } from './ftypes/mixture';
export { compilePattern, type NameTest, type PatternPlace } from './pattern';
export { formatRecipe, parseRecipe } from './parse';
export { parseTypeOption, withTypeOptions, type TypeOption } from './named-types';
export { planQuantization, type PlanOptions } from './plan/plan';
export { planRepacking, repackedFtype, type Repacking, type RepackingOptions } from './plan/repacking';
export { isTypeName, typeFacts, typeNames, type TypeFacts, type TypeName } from './type-facts';
export type {
  Fallback,
  ModelShape,
  Plan,
  PlannedTensor,
  PlanReason,
  Recipe,
  RecipeNote,
  Rule,
  SourceTensor,
  UnusedRule,
} from './types';
export { isEncoded, isWritable, requireWritable } from './writable';
