import { describe, test } from 'vitest';
import { backendReport, nativeInstructionSets } from '../src/node';
import { nativeDevice } from '../src/node-device';
import { readModuleFile } from '../src/node-wasm';
import { referenceDevice } from '../src/index';
import { wasmDevice } from '../src/device/wasm-device';
import { testDevice, testDoor } from './device-conformance';

describe('reference', () => testDoor(async () => referenceDevice('under test')));

testDevice('wasm', () => wasmDevice('under test', readModuleFile), [1]);

const native = (await backendReport()).find(({ name }) => name === 'native');
if (native?.isAvailable === true) {
  for (const set of nativeInstructionSets()) {
    testDevice(`native, ${set}`, async (threads) => nativeDevice('under test', { threads }, set), [1, 3]);
  }
} else {
  test.skip(`native (reason: ${native?.reason ?? 'unknown'})`);
}
