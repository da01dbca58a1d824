/** A thread of ./peer.mjs: encodes its rows of a file of bf16 weights, as the quantizer encodes a window. */
import { bytesPerRow, formats } from '@halftone/quant-formats';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { openBackend } from '../dist/node.js';

/** Rows at once. */
const WINDOW = 128;

/** @typedef {{ model: string, name: import('@halftone/quant-formats').FormatName, importance: Float32Array, first: number, end: number }} Share */

/** @type {unknown} */
const share = workerData;
const { model, name, importance, first, end } = /** @type {Share} */ (share);
const columns = importance.length;
const backend = await openBackend('native');
const format = formats[name];
const source = new Uint8Array(WINDOW * columns * 2);
const weights = new Float32Array(WINDOW * columns);
const decoded = new Float32Array(WINDOW * columns);
const bytes = new Uint8Array(WINDOW * bytesPerRow(format, columns));

function encodeShare() {
  const file = openSync(model, 'r');
  // The header and the vocabulary end before this many rows.
  const weightsStart = columns * 2 * 1024;
  for (let row = first; row < end; row += WINDOW) {
    readSync(file, source, 0, source.length, weightsStart + row * columns * 2);
    backend.decodeRows('bf16', source, columns, weights);
    backend.firstBeyond(weights, format.largestWeight);
    backend.encodeRows(name, weights, columns, importance, bytes);
    backend.decodeRows(name, bytes, columns, decoded);
    backend.squareErrors(weights, decoded, columns, importance);
  }
  closeSync(file);
}

parentPort?.once('message', () => {
  encodeShare();
  parentPort?.postMessage('done');
});
parentPort?.postMessage('ready');
