export { openDevice } from './device/node-open';
export { nativeInstructionSets, openNative } from './node-native';
export { backendReport, openBackend } from './node-open';
