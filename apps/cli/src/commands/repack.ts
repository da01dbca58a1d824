import { openGgufFile } from '@halftone/gguf-io/node';
import { prepareRepacking } from '@halftone/quantize';
import { compilePattern, type Repacking } from '@halftone/recipe-dsl';
import type { QuantizeRequest } from '../command-line';
import { outputOf } from '../keep-split';
import type { Output } from '../print/output';
import { contradiction, repackWords } from '../quantize-words';
import { printPlan } from './plan';
import { chooseThreads, quantizeAndReport } from './quantize';

/**
 * Whether rows are to be interleaved or taken apart; `undefined` where a model is quantized.
 *
 * @throws UsageError when both are asked for, or what has no use beside them.
 */
export function repackingOf(request: QuantizeRequest): Repacking | undefined {
  const { repack, unpack, repackPattern } = request;
  if (repack && unpack) throw contradiction('--repack and --unpack', 'one of them');
  if (!repack && !unpack) {
    if (repackPattern.length === 0) return undefined;
    throw contradiction('--repack-pattern alone', '--repack or --unpack beside it');
  }
  const [useless] = uselessOptions(request);
  if (useless !== undefined)
    throw contradiction(
      `--${repack ? 'repack' : 'unpack'} and ${useless}`,
      'one of them: nothing is quantized',
    );
  return repack ? 'repack' : 'unpack';
}

/** Options that say how weights are encoded, or where they come from. */
function uselessOptions(request: QuantizeRequest): string[] {
  const { types, recipe, customQ, imatrix, only, pure, leaveOutputTensor, extraOutputTensor } = request;
  const typeOption = Object.entries(types).find(([, value]) => value !== undefined)?.[0];
  const isGiven: readonly (readonly [string, boolean])[] = [
    ['--recipe', recipe !== undefined],
    ['--custom-q', customQ.length > 0],
    ['--imatrix', imatrix !== undefined],
    ['--only', only.length > 0],
    ['--mixture', request.mixture !== undefined],
    ['--pure', pure],
    ['--leave-output-tensor', leaveOutputTensor],
    ['--extra-output-tensor', extraOutputTensor !== undefined],
    ['--override-kv', request.overrideKv.length > 0],
    [`--${typeOption ?? ''}`, typeOption !== undefined],
  ];
  return isGiven.filter(([, given]) => given).map(([name]) => name);
}

/** `halftone quantize --repack` and `--unpack`: the bits of a model are put in another order. */
export async function repack(
  request: QuantizeRequest,
  repacking: Repacking,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const words = repackWords(request.words);
  const threads = chooseThreads(request.threads, words.threads);
  const only = request.repackPattern
    .flatMap((patterns) => patterns.split(','))
    .map((pattern) => compilePattern(pattern, { file: '--repack-pattern' }));
  const file = await openGgufFile(request.input);
  try {
    const prepared = prepareRepacking(file, { repacking, only });
    if (request.dryRun) {
      printPlan(prepared, request.json, output);
      return;
    }
    const { restart, json } = request;
    const settings = {
      ...outputOf(file, words.output, request.keepSplit),
      threads,
      hideProvenance: false,
      restart,
      resumeHint: 'the same command goes on from there',
      json,
    };
    await quantizeAndReport(prepared, 'as-in-source', settings, output, signal);
  } finally {
    await file.close();
  }
}
