export type { GgufTensor, GgufValueType, RandomAccessSource } from './types';
