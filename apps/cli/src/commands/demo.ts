import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ToolDefinition } from '@halftone/chat';
import { demoModel } from '@halftone/demo-model';
import type { DivergenceReport } from '@halftone/evaluate';
import { openGgufFile } from '@halftone/gguf-io/node';
import { DEFAULT_CHUNK_SIZE } from '@halftone/imatrix';
import { parseFtype } from '@halftone/recipe-dsl';
import type { Model } from '@halftone/runtime';
import type { DemoRequest } from '../command-line';
import { Conversation } from '../conversation';
import { checkOutput, readInputText } from '../input-file';
import { withModel } from '../open-request';
import { prepare } from '@halftone/quantize';
import { prepareRequest } from '../prepare-request';
import type { Output } from '../print/output';
import { formatTotals } from '../print/totals';
import { formatDuration } from '../print/units';
import { collectImatrix } from './imatrix-compute';
import { compareModels, modelBase } from './kld';
import { chunksOf } from './perplexity';
import { DEFAULT_FTYPE } from './plan';
import { quantizeAndReport } from './quantize';

/** Chunks that are read to learn from and to measure on: enough to see the point, and few enough for a minute. */
const CALIBRATION_CHUNKS = 40;
const VALIDATION_CHUNKS = 12;

const QUESTION = 'What is the weather in Paris?';
const WEATHER: ToolDefinition = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Get the current weather of a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string', description: 'Name of the city.' } },
      required: ['city'],
    },
  },
};

const source = fileURLToPath(demoModel.model);

/** `halftone demo`: the whole circle on the model that comes with Halftone, from its importance matrix to a tool call. */
export async function demo(request: DemoRequest, output: Output, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  await checkOutput(request.keep);
  const folder = await mkdtemp(join(tmpdir(), 'halftone-demo-'));
  const surroundings = { output, signal };
  try {
    const imatrix = join(folder, 'imatrix.dat');
    const quantized = request.keep ?? join(folder, 'demo-10M-IQ4_KSS.gguf');
    const heading = (text: string): void => (request.json ? undefined : output.line(text));
    heading('1. Which weights matter? The demo model, 10 million weights trained for real, reads a text.');
    heading(
      await withModel(source, {}, SESSION, surroundings, (model) => learn(model, imatrix, output, signal)),
    );
    heading('\n2. Quantize by the recipe: the published mix of Devstral-Small-2-24B.\n');
    await quantizeDemo(request, { imatrix, quantized }, output, signal);
    heading('\n3. What was lost? Both models read another text.');
    const told = await withModel(source, {}, SESSION, surroundings, (before) =>
      withModel(quantized, {}, SESSION, surroundings, async (after) => ({
        report: await measure(before, after, output, signal),
        answers: [await ask(before, signal), await ask(after, signal)],
      })),
    );
    tell(told, request.json, output);
    if (request.keep === undefined)
      output.note('The files are removed again: halftone demo --keep FILE keeps the model.');
    output.note(`Done in ${formatDuration((performance.now() - start) / 1000)}.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const SESSION = { contextLength: DEFAULT_CHUNK_SIZE };

/** Compute the importance matrix; one line of what came of it. */
async function learn(model: Model, imatrix: string, output: Output, signal: AbortSignal): Promise<string> {
  const file = fileURLToPath(demoModel.calibrationText);
  const chunks = chunksOf(await readInputText(file, 'the calibration text'), model, {
    chunks: CALIBRATION_CHUNKS,
  });
  const settings = {
    file,
    output: imatrix,
    outputFrequency: CALIBRATION_CHUNKS,
    processOutput: false,
    noPpl: true,
  };
  const { matrix } = await collectImatrix(
    { model, chunks, before: [], form: 'dat' },
    settings,
    output,
    signal,
  );
  const tokens = chunks.count * chunks.contextLength;
  return `   ${matrix.entries.size} matrices, ${tokens} tokens, on ${model.device.describe()}`;
}

async function quantizeDemo(
  { keep, json }: DemoRequest,
  { imatrix, quantized }: { imatrix: string; quantized: string },
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const file = await openGgufFile(source);
  try {
    const { options, provenance } = await prepareRequest(file, parseFtype(DEFAULT_FTYPE), {
      recipe: fileURLToPath(demoModel.recipe),
      imatrix,
      customQ: [],
      strict: false,
      allowRequantize: false,
    });
    const prepared = prepare(file, options);
    if (!json) output.line([...formatTotals(prepared.plan.tensors), ''].join('\n'));
    const settings = {
      output: quantized,
      threads: availableParallelism(),
      hideProvenance: false,
      restart: true,
      resumeHint: keep === undefined ? undefined : 'the next demo begins anew',
      json,
    };
    await quantizeAndReport(prepared, provenance, settings, output, signal);
  } finally {
    await file.close();
  }
}

async function measure(
  before: Model,
  after: Model,
  output: Output,
  signal: AbortSignal,
): Promise<DivergenceReport> {
  const text = await readInputText(fileURLToPath(demoModel.validationText), 'the validation text');
  const chunks = chunksOf(text, before, { chunks: VALIDATION_CHUNKS });
  const [report] = await compareModels(modelBase(before, chunks, { signal }), [after], { signal }, output);
  if (report === undefined) throw new RangeError('one model was compared, and no report came of it');
  return report;
}

/** What a model answers to the question, as it would be shown. */
async function ask(model: Model, signal: AbortSignal): Promise<string> {
  const session = model.openSession(SESSION);
  try {
    const options = { tools: [WEATHER], sampling: { temperature: 0 }, maxTokens: 64, signal };
    const conversation = new Conversation(session, options);
    conversation.messages.push({ role: 'user', content: QUESTION });
    const { answer } = await conversation.answer(() => undefined);
    const calls = answer.calls.map(({ name, arguments: given }) => `call ${name}(${given})`);
    return [answer.content, ...calls].filter((part) => part !== '').join(' ');
  } finally {
    await session.close();
  }
}

function tell(
  { report, answers }: { report: DivergenceReport; answers: readonly string[] },
  json: boolean,
  output: Output,
): void {
  const [before = '', after = ''] = answers;
  if (json) {
    output.line(
      JSON.stringify({ divergence: report, question: QUESTION, answers: { before, after } }, undefined, 2),
    );
    return;
  }
  const { basePerplexity, perplexity, divergence, sameTop } = report;
  output.line(
    [
      `   perplexity ${basePerplexity.value.toFixed(3)} before, ${perplexity.value.toFixed(3)} after (± ${perplexity.error.toFixed(3)})`,
      `   mean KL divergence ${divergence.mean.value.toFixed(5)} ± ${divergence.mean.error.toFixed(5)}, the same likeliest token ${(100 * sameTop.value).toFixed(1)} % of the time`,
      '',
      `4. Do they still call tools? "${QUESTION}"`,
      `   before: ${before}`,
      `   after:  ${after}`,
    ].join('\n'),
  );
}
