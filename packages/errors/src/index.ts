export { HalftoneError, isHalftoneError, type ErrorFacts } from './error';
