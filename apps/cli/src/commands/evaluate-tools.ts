import { collectAnswer, type Answer, type AnswerEvent } from '@halftone/chat';
import { readToolTasks, ToolCallScore, type ToolTask } from '@halftone/evaluate';
import { openEngine, type Engine } from '@halftone/server';
import { engineOptions } from '../engine-options';
import type { EvaluateToolsRequest } from '../evaluate-tools-command';
import { readInputText } from '../input-file';
import { checkIfRequested, warnOfContext } from '../open-request';
import type { Output } from '../print/output';
import { formatError } from '../print/units';

/** Tokens of an answer, at most: calls are short, and a model that goes on and on is wrong anyway. */
const MAX_TOKENS = 512;

/** `halftone evaluate tools`: how often a model makes the calls that are expected. */
export async function evaluateTools(
  request: EvaluateToolsRequest,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const tasks = readToolTasks(await readInputText(request.file, 'the tasks'), request.file);
  await checkIfRequested(request.model, request, { output, signal });
  const engine = await openEngine({ ...engineOptions(request), maxWaiting: tasks.length });
  const { contextLength, trainedContextLength } = engine.model;
  warnOfContext(request.model, contextLength, trainedContextLength, output);
  try {
    let done = 0;
    const answers = await Promise.all(
      tasks.map(async (task) => {
        const answer = await answerTask(engine, task, signal);
        output.status(`${++done} of ${tasks.length}`);
        return answer;
      }),
    );
    output.clearStatus();
    tell(request, tasks, answers, output);
  } finally {
    await engine.close();
  }
}

async function answerTask(
  engine: Engine,
  { messages, tools }: ToolTask,
  signal: AbortSignal,
): Promise<Answer> {
  const events: AnswerEvent[] = [];
  const prompt = { kind: 'chat', chat: { messages, tools } } as const;
  const calls = { choice: 'auto', isParallel: true } as const;
  const request = { prompt, sampling: { temperature: 0 }, maxTokens: MAX_TOKENS, calls, client: 'evaluate' };
  for await (const { event } of engine.generate([request], AbortSignal.any([signal]))) {
    if (event.kind === 'answer') events.push(...event.events);
  }
  return collectAnswer(events);
}

function tell(
  request: EvaluateToolsRequest,
  tasks: readonly ToolTask[],
  answers: readonly Answer[],
  output: Output,
): void {
  const tally = new ToolCallScore();
  const results = tasks.map((task, index) => {
    const { calls = [], content = '' } = answers[index] ?? {};
    const made = calls.map(({ name, arguments: text }) => ({ name, arguments: parsed(text) }));
    const exact = tally.add(task, made);
    return { task: index + 1, exact, expected: task.expected, calls: made, content };
  });
  const wrong = results.filter((result) => !result.exact);
  const { exact, score } = tally.report();
  if (request.json) {
    const told = { score: score.value, error: score.error, exact, tasks: tasks.length };
    output.line(JSON.stringify({ ...told, ...(request.showWrong ? { wrong } : {}) }));
    return;
  }
  if (request.showWrong) for (const one of wrong) output.line(JSON.stringify(one));
  const digits = (number: number): string => number.toFixed(3);
  output.line(
    `${digits(score.value)} ± ${formatError(score.error, digits)} (${exact} of ${tasks.length} tasks answered exactly)`,
  );
}

/** Arguments as a value; the text where it is no JSON, which no expected call has. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
