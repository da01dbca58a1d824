export { HalftoneError, type ErrorFacts } from './error';
