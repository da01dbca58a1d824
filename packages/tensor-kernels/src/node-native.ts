import { loadAddon, type Addon } from './node-addon';
import type { Backend } from './backend';
import { KernelError } from './error';
import { kernelBackend, type Kernels } from './kernels';

/** Set to the name of an instruction set to use a lower one than the processor has, to test or to compare. */
const INSTRUCTION_SET_VARIABLE = 'HALFTONE_ISA';

/** The instruction sets that the addon has code for and this processor runs, the fastest first. */
export function nativeInstructionSets(): readonly string[] {
  return loadAddon().addon.instructionSets;
}

/**
 * Open the native backend with the fastest instruction set, or with the one that `instructionSet` or HALFTONE_ISA names.
 *
 * @throws {@link KernelError} `unavailable` when there is no addon for this platform, or the processor has no such instructions.
 */
export function openNative(reason: string, instructionSet = process.env[INSTRUCTION_SET_VARIABLE]): Backend {
  const { addon, origin } = loadAddon();
  const wanted = instructionSet ?? addon.instructionSets[0] ?? '';
  const place = addon.instructionSets.indexOf(wanted);
  if (place < 0) {
    throw new KernelError('unavailable', 'native code for these instructions does not run here', {
      found: wanted,
      allowed: addon.instructionSets.join(', '),
    });
  }
  const told = instructionSet === undefined ? 'the best of' : 'asked for of';
  const description = `${wanted} (${told} ${addon.instructionSets.join(', ')}), ${origin}`;
  return kernelBackend('native', addonKernels(addon, place), description, reason);
}

function addonKernels(addon: Addon, instructionSet: number): Kernels {
  return {
    formats: addon.formats,
    decodeRows: (...args) => addon.decodeRows(instructionSet, ...args),
    encodeRows: (...args) => addon.encodeRows(instructionSet, ...args),
    firstBeyond: (...args) => addon.firstBeyond(instructionSet, ...args),
    squareErrors: (...args) => addon.squareErrors(instructionSet, ...args),
  };
}
