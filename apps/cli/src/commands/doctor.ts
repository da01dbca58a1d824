import { availableParallelism, cpus, totalmem } from 'node:os';
import type { BackendStatus } from '@halftone/tensor-kernels';
import { backendReport, openBackend } from '@halftone/tensor-kernels/node';
import type { DoctorRequest } from '../command-line';
import type { Output } from '../print/output';
import { formatTable } from '../print/table';
import { formatBytes } from '../print/units';
import { VERSION } from '../version';

/** `halftone doctor`: what this machine has, which backends run on it, and which one is in use and why. */
export async function doctor({ json }: DoctorRequest, output: Output): Promise<void> {
  const backends = await backendReport();
  const inUse = (await openBackend()).describe();
  const machine = {
    halftone: VERSION,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    threads: availableParallelism(),
    memoryBytes: totalmem(),
  };
  if (json) {
    output.line(JSON.stringify({ machine, backends, inUse }, undefined, 2));
    return;
  }
  output.line(
    [
      `halftone ${machine.halftone} on Node ${machine.node}, ${machine.platform}`,
      `${machine.processor}, ${machine.threads} threads, ${formatBytes(machine.memoryBytes)} of memory`,
      '',
      ...formatTable(
        [
          { heading: 'backend', align: 'left' },
          { heading: 'runs here', align: 'left' },
          { heading: 'what or why', align: 'left' },
        ],
        backends.map(backendRow),
      ),
      '',
      `in use: ${inUse}`,
    ].join('\n'),
  );
}

function backendRow(status: BackendStatus): string[] {
  return status.isAvailable ? [status.name, 'yes', status.description] : [status.name, 'no', status.reason];
}
