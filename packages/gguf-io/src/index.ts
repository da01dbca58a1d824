export { GgufError, type GgufErrorCode } from './error';
export { metadataNumber, metadataNumbers, metadataString } from './metadata/getters';
export { ggufArray } from './metadata/value';
export { isGguf } from './read/header';
export { openGguf, type OpenOptions } from './read/open';
export { partPath, tensorsOfParts } from './read/parts';
export { MemorySink } from './sink/memory';
export { placeInFile } from './source/joined';
export { MemorySource } from './source/memory';
export type {
  ByteSink,
  GgufArray,
  GgufElements,
  GgufFile,
  GgufHeader,
  GgufMetadata,
  GgufTensor,
  GgufTensorShape,
  GgufValue,
  GgufValueType,
  GgufVersion,
  PartialSink,
  RandomAccessSource,
  SourcePart,
} from './types';
export { encodeGgufHeader } from './write/header';
export { GgufWriter } from './write/writer';
