export { GrammarError } from './error';
export type { Expression, Range, Rules } from './expression';
export { readGrammar } from './gbnf';
export { JsonMatcher } from './json-matcher';
export { readPattern } from './pattern';
export type { JsonSchema } from './schema';
export { TextMatcher } from './text-matcher';
