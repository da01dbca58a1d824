export { nativeInstructionSets, openNative } from './native';
export { backendReport, openBackend } from './open-node';
