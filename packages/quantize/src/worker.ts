import { parentPort, workerData } from 'node:worker_threads';
import type { BackendName } from '@halftone/tensor-kernels';
import { openBackend } from '@halftone/tensor-kernels/node';
import { WindowEncoder, type EncodeTask } from './encode-task';

const { backend } = workerData as WorkerData;
const encoder = new WindowEncoder(await openBackend(backend));

/** The thread's whole life: a task comes in, its result goes out. Buffers are handed over, never copied. */
parentPort?.on('message', (task: EncodeTask) => {
  const result = encoder.encode(task);
  parentPort?.postMessage(
    result,
    result.kind === 'encoded' ? [result.bytes.buffer, result.spent.buffer] : [],
  );
});

/** What a thread is told when it starts. */
export interface WorkerData {
  readonly backend: BackendName;
}
