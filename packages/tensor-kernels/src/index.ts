export { backendNames, type Backend, type BackendName } from './backend';
export {
  allowedActivationBits,
  cacheFormats,
  MAX_THREADS,
  type ActivationBits,
  type Cache,
  type CacheFormat,
  type Device,
  type DeviceOptions,
  type Handle,
  type Indices,
  type Program,
  type Values,
  type Weights,
  type WeightShape,
  type WeightSource,
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
export { addErrors, NO_ERROR, type SquareErrorSums } from './square-error';
