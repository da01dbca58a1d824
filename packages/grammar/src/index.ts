export { JsonMatcher } from './json-matcher';
export type { JsonSchema } from './schema';
