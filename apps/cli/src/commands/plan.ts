import { openGgufFile } from '@halftone/gguf-io/node';
import { prepare, preview, type Preview } from '@halftone/quantize';
import type { PlanRequest } from '../command-line';
import { prepareRequest } from '../prepare-request';
import { parseFtype } from '@halftone/recipe-dsl';
import { preparedNotes, refusalNotes } from '../print/notes';
import type { Output } from '../print/output';
import { formatPlan } from '../print/plan';
import { plannedTensorJson } from '../print/tensor-json';

/** Type of the tensors that no rule names, where the user names none: that of the published mix. */
export const DEFAULT_FTYPE = 'IQ4_KSS';

/** `halftone plan`: which type each tensor would get, why, and how large the file would be. */
export async function plan(request: PlanRequest, output: Output): Promise<void> {
  const file = await openGgufFile(request.file);
  try {
    const ftype = parseFtype(request.ftype ?? DEFAULT_FTYPE, request.mixture);
    const { options } = await prepareRequest(file, ftype, request);
    printPlan((request.strict ? prepare : preview)(file, options), request.json, output);
  } finally {
    await file.close();
  }
}

/** A plan as text with its notes, or as one JSON document. */
export function printPlan(previewed: Preview, json: boolean, output: Output): void {
  const notes = [...refusalNotes(previewed), ...preparedNotes(previewed)];
  const { plan } = previewed;
  if (json) {
    const document = { totals: plan.totals, notes, tensors: plan.tensors.map(plannedTensorJson) };
    output.line(JSON.stringify(document, undefined, 2));
    return;
  }
  for (const note of notes) output.note(`note: ${note}`);
  for (const line of formatPlan(plan)) output.line(line);
}
