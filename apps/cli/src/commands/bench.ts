import { performance } from 'node:perf_hooks';
import type { Model, Session } from '@halftone/runtime';
import type { BenchRequest } from '../bench-command';
import { refuseSecondForm } from '../json-option';
import { forAnswers, sessionOptions, withModel } from '../open-request';
import { formatBench, testName, type BenchRow } from '../print/bench';
import type { Output } from '../print/output';
import { UsageError } from '../quantize-words';

const DEFAULT_PROMPT = 512;
const DEFAULT_GENERATION = 128;

/** One thing to be timed: a prompt read or tokens generated, after so many tokens. */
interface Test {
  readonly kind: 'pp' | 'tg';
  readonly tokens: number;
  readonly depth: number;
}

/** `halftone bench`: how fast models are. */
export async function bench(request: BenchRequest, output: Output, signal: AbortSignal): Promise<void> {
  refuseSecondForm(
    request.json,
    request.format === undefined || request.format === 'json' ? undefined : `-o ${request.format}`,
  );
  const tests = testsOf(request);
  const longest = Math.max(...tests.map(({ tokens, depth }) => tokens + depth));
  const rows: BenchRow[] = [];
  for (const path of request.models) {
    const options = sessionOptions(request, longest);
    await withModel(path, forAnswers(request), options, { output, signal }, async (model) => {
      const session = model.openSession(options);
      for (const test of tests) {
        output.status(`${path}: ${testName(columnsOf(test))}`);
        rows.push(rowOf(path, model, test, await timeTest(session, test, request.repetitions, signal)));
      }
      await session.close();
    });
    output.clearStatus();
  }
  output.line(formatBench(rows, request.json ? 'json' : (request.format ?? 'md')));
}

/** Prompts before generations, for each depth. */
function testsOf(request: BenchRequest): Test[] {
  const depths = numbers(request.depths, [0]);
  const prompts = numbers(request.prompts, [DEFAULT_PROMPT]);
  const generations = numbers(request.generations, [DEFAULT_GENERATION]);
  const of = (kind: Test['kind'], lengths: readonly number[]): Test[] =>
    depths.flatMap((depth) =>
      lengths.filter((tokens) => tokens > 0).map((tokens) => ({ kind, tokens, depth })),
    );
  const tests = [...of('pp', prompts), ...of('tg', generations)];
  if (tests.length > 0) return tests;
  throw new UsageError('usage', 'there is nothing to measure', {
    found: '-p 0 -n 0',
    allowed: 'a prompt or tokens to generate',
  });
}

function numbers(texts: readonly string[], otherwise: readonly number[]): readonly number[] {
  if (texts.length === 0) return otherwise;
  return texts.flatMap((text) => text.split(',')).map(wholeNumber);
}

function wholeNumber(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new UsageError('usage', 'a number of tokens cannot be read', {
    found: JSON.stringify(text),
    allowed: 'whole numbers from 0 to 9999999, with commas between them',
  });
}

/** Tokens per second of each repetition. One more is done first, and not counted. */
async function timeTest(
  session: Session,
  test: Test,
  repetitions: number,
  signal: AbortSignal,
): Promise<number[]> {
  const speeds: number[] = [];
  for (let repetition = 0; repetition <= repetitions; repetition++) {
    const speed = await timeOnce(session, repetition === 0 ? warmUp(test) : test, signal);
    if (repetition > 0) speeds.push(speed);
  }
  return speeds;
}

function warmUp(test: Test): Test {
  return test.kind === 'pp' ? test : { ...test, tokens: 1 };
}

async function timeOnce(
  session: Session,
  { kind, tokens, depth }: Test,
  signal: AbortSignal,
): Promise<number> {
  const { vocabulary } = session.model;
  const some = (length: number): Int32Array =>
    Int32Array.from({ length }, (_, place) => (7919 * place + 13) % vocabulary);
  const sequence = session.createSequence();
  try {
    if (depth > 0) await session.step([{ sequence, tokens: some(depth), logits: 'none' }], { signal });
    const start = performance.now();
    if (kind === 'pp') await session.step([{ sequence, tokens: some(tokens) }], { signal });
    else for (const token of some(tokens)) await session.step([{ sequence, tokens: [token] }], { signal });
    return (1000 * tokens) / (performance.now() - start);
  } finally {
    sequence.close();
  }
}

function rowOf(
  path: string,
  { plan, device, hyperparameters }: Model,
  test: Test,
  speeds: readonly number[],
): BenchRow {
  const { tensors } = plan.file;
  const mean = speeds.reduce((sum, speed) => sum + speed, 0) / speeds.length;
  const squares = speeds.reduce((sum, speed) => sum + (speed - mean) ** 2, 0);
  return {
    model: path,
    architecture: hyperparameters.architecture,
    size: tensors.reduce((sum, { byteLength }) => sum + byteLength, 0),
    parameters: tensors.reduce((sum, { dimensions }) => sum + dimensions.reduce((a, b) => a * b, 1), 0),
    backend: device.name,
    threads: device.threads,
    ...columnsOf(test),
    speed: { mean, deviation: speeds.length > 1 ? Math.sqrt(squares / (speeds.length - 1)) : 0 },
  };
}

function columnsOf({ kind, tokens, depth }: Test): Pick<BenchRow, 'prompt' | 'generated' | 'depth'> {
  return kind === 'pp' ? { prompt: tokens, generated: 0, depth } : { prompt: 0, generated: tokens, depth };
}
