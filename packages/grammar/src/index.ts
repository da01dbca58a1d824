export { GrammarError } from './error';
export { JsonMatcher } from './json/json-matcher';
export { CompiledSchema } from './json/compiled-schema';
export { SchemaCompiler, type SchemaOptions } from './json/schema-compiler';
export type { JsonSchema } from './json/keywords';
export type { Expression, Range, Rules } from './rules/expression';
export { readGrammar } from './rules/gbnf';
export { readPattern } from './rules/pattern';
export { TextMatcher } from './rules/text-matcher';
