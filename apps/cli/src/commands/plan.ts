import { openGguf } from '@halftone/gguf-io';
import { openFileSource } from '@halftone/gguf-io/node';
import type { Prepared } from '@halftone/quantize';
import type { PlanRequest } from '../command-line';
import { prepareRequest } from '../prepare-request';
import { preparedNotes } from '../print/notes';
import type { Output } from '../print/output';
import { formatPlan } from '../print/plan';

/** Type of the tensors that no rule names, where the user names none: that of the published mix. */
export const DEFAULT_FTYPE = 'IQ4_KSS';

/** `halftone plan`: which type each tensor would get, why, and how large the file would be. */
export async function plan(request: PlanRequest, output: Output): Promise<void> {
  const file = await openGguf(await openFileSource(request.file));
  try {
    const { prepared } = await prepareRequest(file, request.ftype ?? DEFAULT_FTYPE, request);
    printPlan(prepared, request.json, output);
  } finally {
    await file.close();
  }
}

/** A plan as text with its notes, or as one JSON document. */
export function printPlan(prepared: Prepared, json: boolean, output: Output): void {
  const { plan, importance } = prepared;
  for (const note of preparedNotes(prepared)) output.note(note);
  if (!json) {
    for (const line of formatPlan(plan)) output.line(line);
    return;
  }
  const missingImportance = importance?.missing ?? [];
  output.line(JSON.stringify({ ...plan, missingImportance }, undefined, 2));
}
