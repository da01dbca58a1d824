import { afterAll, describe, expect, test } from 'vitest';
import { referenceDevice, type Device } from '../src/index';
import { expertScenarios } from './devices/experts';
import { testFaults } from './devices/faults';
import { headScenarios } from './devices/heads';
import { testOrder } from './devices/order';
import { testProductRows } from './devices/product-rows';
import { productScenarios } from './devices/products';
import { rowScenarios } from './devices/rows';
import { firstRowBeyond, type Outcome, type Scenario } from './devices/scenario';
import { testShapes } from './devices/shapes';
import { Tools } from './devices/tools';
import { toolsOf } from './devices/with-tools';
import { COARSENESS_OF_BYTES } from './tolerances';

const expected = new Map<Scenario, Promise<Outcome>>();

/** What the reference gives. ./reference-device.test.ts sees that it is right. */
function expectedOf(scenario: Scenario): Promise<Outcome> {
  const known = expected.get(scenario) ?? scenario.run(new Tools(referenceDevice('to compare with')));
  expected.set(scenario, known);
  return known;
}

async function outcomeOf(scenario: Scenario, device: Device): Promise<Outcome> {
  const tools = new Tools(device);
  const outcome = await scenario.run(tools);
  tools.releaseAll();
  return outcome;
}

const scenarios = [...rowScenarios, ...headScenarios, ...expertScenarios, ...productScenarios];

/** What a device must keep beside its arithmetic: errors, the order of calls. */
export function testDoor(open: () => Promise<Device>): void {
  const withTools = toolsOf(open);
  describe('what is refused', () => {
    testShapes(withTools);
    testFaults(withTools);
  });
  testOrder(open);
}

/** What a device that may round inputs of products to 8 bits must keep: products as near as that, and the same on any number of threads. */
export function testByteProducts(name: string, open: (threads: number) => Promise<Device>): void {
  describe(name, () => {
    const devices = [open(1), open(3)] as const;
    afterAll(async () => {
      for (const device of devices) await (await device).close();
    });

    test.each(productScenarios)('$name', async (scenario) => {
      const found = await outcomeOf(scenario, await devices[0]);
      const tolerance = scenario.tolerance * COARSENESS_OF_BYTES;
      expect(firstRowBeyond(tolerance, found, await expectedOf(scenario))).toBeUndefined();
      expect(firstRowBeyond(0, await outcomeOf(scenario, await devices[1]), found)).toBeUndefined();
    });
  });
}

/**
 * What every device must keep: nearly the numbers of the reference for every op, the same numbers on each of the numbers of `threads`,
 * and what {@link testDoor} asks.
 */
export function testDevice(
  name: string,
  open: (threads: number) => Promise<Device>,
  threads: readonly [number, ...number[]],
): void {
  describe(name, () => {
    const [first, ...others] = threads;
    const device = open(first);
    const more = others.map(open);
    afterAll(async () => {
      for (const each of [device, ...more]) await (await each).close();
    });

    test.each(scenarios)('$name', async (scenario) => {
      const found = await outcomeOf(scenario, await device);
      expect(firstRowBeyond(scenario.tolerance, found, await expectedOf(scenario))).toBeUndefined();
      for (const other of more) {
        expect(firstRowBeyond(0, await outcomeOf(scenario, await other), found)).toBeUndefined();
      }
    });

    testProductRows(device);
    testDoor(() => open(Math.max(...threads)));
  });
}
