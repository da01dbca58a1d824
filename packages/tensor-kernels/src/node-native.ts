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

/** The addon and one of its instruction sets, in words too. */
interface ChosenAddon {
  readonly addon: Addon;
  /** Its place among those of the addon. */
  readonly instructionSet: number;
  readonly description: string;
}

/**
 * Choose the fastest instruction set, or the one that `wanted` or HALFTONE_ISA names.
 *
 * @throws {@link KernelError} `unavailable` when there is no addon for this platform, or the processor has no such instructions.
 */
export function chooseAddon(wanted = process.env[INSTRUCTION_SET_VARIABLE]): ChosenAddon {
  const { addon, origin } = loadAddon();
  const all = addon.instructionSets.join(', ');
  const name = wanted ?? addon.instructionSets[0] ?? '';
  const instructionSet = addon.instructionSets.indexOf(name);
  if (instructionSet < 0) {
    throw new KernelError('unavailable', 'native code for these instructions does not run here', {
      found: name,
      allowed: all,
    });
  }
  const told = wanted === undefined ? 'the best of' : 'asked for of';
  return { addon, instructionSet, description: `${name} (${told} ${all}), ${origin}` };
}

/**
 * Open the native backend with the fastest instruction set, or with the one that `instructionSet` or HALFTONE_ISA names.
 *
 * @throws {@link KernelError} `unavailable` when there is no addon for this platform, or the processor has no such instructions.
 */
export function openNative(reason: string, wanted?: string): Backend {
  const { addon, instructionSet, description } = chooseAddon(wanted);
  return kernelBackend('native', addonKernels(addon, instructionSet), description, reason);
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
