import { parentPort } from 'node:worker_threads';
import { encodeWindow, type EncodeTask } from './encode-task';

/** The thread's whole life: a task comes in, its result goes out. Buffers are handed over, never copied. */
parentPort?.on('message', (task: EncodeTask) => {
  const result = encodeWindow(task);
  parentPort?.postMessage(result, result.kind === 'encoded' ? [result.bytes.buffer] : []);
});
