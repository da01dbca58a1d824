import { describe, expect, test } from 'vitest';
import { backendReport, nativeInstructionSets, openBackend, openNative } from '../src/node';
import { testBackend } from './conformance';

testBackend(await openBackend('wasm'));

const native = (await backendReport()).find(({ name }) => name === 'native');
if (native?.isAvailable === true) {
  for (const instructionSet of nativeInstructionSets()) testBackend(openNative('under test', instructionSet));
} else {
  describe('native', () => {
    test.skip(`(reason: ${native?.reason ?? 'unknown'})`, () => {
      expect(native).toBeDefined();
    });
  });
}
