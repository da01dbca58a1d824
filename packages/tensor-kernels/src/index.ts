export { backendNames, type Backend, type BackendName } from './backend';
export type {
  Cache,
  CacheFormat,
  Device,
  ActivationBits,
  DeviceOptions,
  Indices,
  Program,
  Values,
  Weights,
  WeightShape,
  WeightSource,
} from './device/device';
export { openDevice } from './device/open';
export { referenceDevice } from './device/reference-device';
export { KernelError, type KernelErrorCode } from './error';
export type { BackendPreference, BackendStatus } from './open';
export { backendReport, openBackend } from './open-portable';
export {
  gateFunctions,
  gatings,
  pairings,
  type Count,
  type Counts,
  type ExpertProduct,
  type GateFunction,
  type Gating,
  type Op,
  type Pairing,
  type Product,
  type Rotation,
} from './program/ops';
export { referenceBackend } from './reference';
export { addErrors, NO_ERROR, rowErrors, type SquareErrorSums } from './square-error';
