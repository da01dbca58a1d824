import { describe, test } from 'vitest';
import { backendReport, nativeInstructionSets } from '../src/node';
import { nativeDevice } from '../src/node-device';
import { readModuleFile } from '../src/node-wasm';
import { referenceDevice } from '../src/index';
import { wasmDevice } from '../src/device/wasm-device';
import { testByteProducts, testDevice, testDoor } from './device-conformance';

describe('reference', () => testDoor(async () => referenceDevice('under test')));

testDevice('wasm', () => wasmDevice('under test', readModuleFile), [1]);

const native = (await backendReport()).find(({ name }) => name === 'native');
if (native?.isAvailable === true) {
  for (const set of nativeInstructionSets()) {
    testDevice(`native, ${set}`, async (threads) => nativeDevice('under test', { threads }, set), [1, 3]);
    if (set === 'avx512') {
      const open = async (threads: number) => nativeDevice('under test', { threads, activationBits: 8 }, set);
      testByteProducts(`native, ${set}, 8 bits`, open);
    }
  }
} else {
  test.skip(`native (reason: ${native?.reason ?? 'unknown'})`);
}
