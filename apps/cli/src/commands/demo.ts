import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { openGguf } from '@halftone/gguf-io';
import { openFileSource } from '@halftone/gguf-io/node';
import type { DemoRequest } from '../command-line';
import { prepareRequest } from '../prepare-request';
import type { Output } from '../print/output';
import { formatPlan } from '../print/plan';
import { DEFAULT_FTYPE } from './plan';
import { quantizeAndReport } from './quantize';

/** `halftone demo`: the main job, from a recipe to a file, on the model that comes with Halftone. */
export async function demo({ keep, json }: DemoRequest, output: Output, signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'halftone-demo-'));
  const source = await openGguf(await openFileSource(fileURLToPath(demoModel.model)));
  try {
    const prepared = await prepareRequest(source, DEFAULT_FTYPE, {
      recipe: fileURLToPath(demoModel.recipe),
      imatrix: fileURLToPath(demoModel.importanceMatrix),
      customQ: [],
      strict: false,
      allowRequantize: false,
    });
    if (!json)
      for (const line of [...introduction, ...formatPlan(prepared.prepared.plan), '']) output.line(line);
    const settings = {
      output: keep ?? join(folder, 'demo-10M-IQ4_KSS.gguf'),
      threads: availableParallelism(),
      hideProvenance: false,
      json,
    };
    await quantizeAndReport(prepared, settings, output, signal);
  } finally {
    await source.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const introduction = [
  'The demo model: 10 million weights, trained for real, in BF16. The recipe: the published mix of',
  'Devstral-Small-2-24B. The plan, tensor by tensor:',
  '',
];
