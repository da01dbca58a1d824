import { collectAnswer, type Answer, type AnswerEvent } from '@halftone/chat';
import { isExact, readToolTasks, type ToolTask } from '@halftone/evaluate';
import { openEngine, type Engine } from '@halftone/server';
import { engineOptions } from '../engine-options';
import type { EvaluateToolsRequest } from '../evaluate-tools-command';
import { readInputText } from '../input-file';
import { checkIfRequested, warnOfContext } from '../open-request';
import type { Output } from '../print/output';

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
  for await (const event of engine.generate(request, AbortSignal.any([signal]))) {
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
  const results = tasks.map(({ expected }, index) => {
    const { calls = [], content = '' } = answers[index] ?? {};
    const made = calls.map(({ name, arguments: text }) => ({ name, arguments: parsed(text) }));
    return { task: index + 1, exact: isExact(made, expected), expected, calls: made, content };
  });
  const exact = results.filter((result) => result.exact).length;
  const wrong = results.filter((result) => !result.exact);
  const score = exact / tasks.length;
  // Of counts that are binomial.
  const error = Math.sqrt((score * (1 - score)) / tasks.length);
  if (request.json) {
    output.line(
      JSON.stringify({ score, error, exact, tasks: tasks.length, ...(request.showWrong ? { wrong } : {}) }),
    );
    return;
  }
  if (request.showWrong) for (const one of wrong) output.line(JSON.stringify(one));
  output.line(
    `${score.toFixed(3)} ± ${error.toFixed(3)} (${exact} of ${tasks.length} tasks answered exactly)`,
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
