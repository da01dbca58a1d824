import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoModel } from '@halftone/demo-model';
import { openGgufFile } from '@halftone/gguf-io/node';
import { parseFtype } from '@halftone/recipe-dsl';
import type { DemoRequest } from '../command-line';
import { prepareRequest } from '../prepare-request';
import type { Output } from '../print/output';
import { formatPlan } from '../print/plan';
import { DEFAULT_FTYPE } from './plan';
import { quantizeAndReport } from './quantize';

/** `halftone demo`: the main job, from a recipe to a file, on the model that comes with Halftone. */
export async function demo(request: DemoRequest, output: Output, signal: AbortSignal): Promise<void> {
  if (request.keep !== undefined) return quantizeDemo(request.keep, request.json, output, signal);
  const folder = await mkdtemp(join(tmpdir(), 'halftone-demo-'));
  try {
    await quantizeDemo(join(folder, 'demo-10M-IQ4_KSS.gguf'), request.json, output, signal);
    output.note(
      'The file was made to be looked at, and is removed again: halftone demo --keep FILE keeps it.',
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function quantizeDemo(path: string, json: boolean, output: Output, signal: AbortSignal): Promise<void> {
  const source = await openGgufFile(fileURLToPath(demoModel.model));
  try {
    const prepared = await prepareRequest(source, parseFtype(DEFAULT_FTYPE), {
      recipe: fileURLToPath(demoModel.recipe),
      imatrix: fileURLToPath(demoModel.importanceMatrix),
      customQ: [],
      strict: false,
      allowRequantize: false,
    });
    if (!json) output.line([...introduction, ...formatPlan(prepared.prepared.plan), ''].join('\n'));
    const settings = { output: path, threads: availableParallelism(), hideProvenance: false, json };
    await quantizeAndReport(prepared, settings, output, signal);
  } finally {
    await source.close();
  }
}

const introduction = [
  'The demo model: 10 million weights, trained for real, in BF16. The recipe: the published mix of',
  'Devstral-Small-2-24B. The plan, tensor by tensor:',
  '',
];
