export { backendNames, type Backend, type BackendName } from './backend';
export { KernelError, type KernelErrorCode } from './error';
export type { BackendPreference, BackendStatus } from './open';
export { backendReport, openBackend } from './open-portable';
export { referenceBackend } from './reference';
export { addErrors, NO_ERROR, rowErrors, type SquareErrorSums } from './square-error';
