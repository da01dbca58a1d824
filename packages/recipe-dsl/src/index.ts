export { RecipeError, type RecipeErrorCode } from './error';
export {
  findFtype,
  ftypes,
  looksLikeFtype,
  parseFtype,
  type Ftype,
  type Mixture,
  type TypeName,
} from './ftypes';
export { compilePattern, type NameTest, type PatternPlace } from './pattern';
export { formatRecipe, parseRecipe } from './parse';
export { planQuantization, type PlanOptions } from './plan/plan';
export type {
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
