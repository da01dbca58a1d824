import { describe, expect, test } from 'vitest';
import { nativeInstructionSets, openBackend, openNative } from '../src/node';
import { referenceBackend } from '../src/reference';
import { backendReport } from '../src/open-node';
import { testBackend } from './conformance';

testBackend(referenceBackend('under test'));
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
