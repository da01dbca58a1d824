import {
  ChoiceScore,
  drawHellaSwag,
  drawTasks,
  meanLogProbability,
  readChoiceFile,
  readHellaSwag,
  readWinogrande,
  scoredSequences,
  type ChoiceReport,
  type ChoiceTask,
  type ScoredSequence,
} from '@halftone/evaluate';
import type { Model, Session } from '@halftone/runtime';
import type { ChoiceForm, ChooseRequest } from '../choice-command';
import { readInputFile, readInputText } from '../input-file';
import { sessionOptions, withModel } from '../open-request';
import { CountProgress } from '../print/count-progress';
import type { Output } from '../print/output';
import { formatError, formatPercent } from '../print/units';

/** HellaSwag has 10,042 tasks, of which llama-perplexity takes so many when nothing is said. */
const HELLASWAG_TASKS = 400;

const readTasks: Record<ChoiceForm, (file: string) => Promise<ChoiceTask[]>> = {
  hellaswag: async (file) => readHellaSwag(await readInputText(file, 'the tasks'), file),
  winogrande: async (file) => readWinogrande(await readInputText(file, 'the tasks'), file),
  'multiple-choice': async (file) => readChoiceFile(await readInputFile(file, 'the tasks'), file),
};

/** `halftone choose`: how often a model chooses the right answer. */
export async function choose(request: ChooseRequest, output: Output, signal: AbortSignal): Promise<void> {
  const all = await readTasks[request.form](request.file);
  const tasks =
    request.form === 'hellaswag'
      ? drawHellaSwag(all, request.tasks ?? HELLASWAG_TASKS)
      : drawTasks(all, request.tasks ?? all.length);
  await withModel(
    request.model,
    request,
    sessionOptions(request, undefined),
    { output, signal },
    async (model) => {
      output.note(`${request.model}: ${tasks.length} of ${all.length} tasks, ${model.device.describe()}`);
      const { report, answers } = await scoreTasks(model, tasks, request, output, signal);
      const { accuracy, chance } = report;
      output.line(
        request.json
          ? JSON.stringify(
              { model: request.model, file: request.file, form: request.form, ...report, answers },
              undefined,
              2,
            )
          : `accuracy ${formatPercent(accuracy.value)} +/- ${formatError(accuracy.error, formatPercent)} over ${tasks.length} tasks (by chance ${formatPercent(chance)})`,
      );
    },
  );
}

interface Scored {
  readonly report: ChoiceReport;
  /** For each task, the scores of its answers, which of them the model chose, and whether that is right. */
  readonly answers: readonly {
    readonly scores: number[];
    readonly chosen: number;
    readonly isCorrect: boolean;
  }[];
}

async function scoreTasks(
  model: Model,
  tasks: readonly ChoiceTask[],
  request: ChooseRequest,
  output: Output,
  signal: AbortSignal,
): Promise<Scored> {
  const tokenized = tasks.map((task) => scoredSequences(task, (text) => model.tokenizer.encode(text)));
  const lengths = tokenized.map((answers) => answers.reduce((sum, { tokens }) => sum + tokens.length, 0));
  const session = model.openSession(
    sessionOptions(
      request,
      lengths.reduce((most, length) => Math.max(most, length), 1),
    ),
  );
  const score = new ChoiceScore();
  const answers: Scored['answers'][number][] = [];
  const progress = new CountProgress(output, { name: 'task', count: tasks.length });
  try {
    for (const [index, task] of tasks.entries()) {
      const scores = await scoreAnswers(session, tokenized[index] ?? [], signal);
      const chosen = score.add(task, scores);
      answers.push({ scores, chosen, isCorrect: task.answers[chosen]?.isCorrect === true });
      progress.update(index + 1, () => `accuracy ${formatPercent(score.report().accuracy.value)}`);
    }
    return { report: score.report(), answers };
  } finally {
    progress.end();
    await session.close();
  }
}

/** The score of each answer to one question; all are read in one step. */
async function scoreAnswers(
  session: Session,
  answers: readonly ScoredSequence[],
  signal: AbortSignal,
): Promise<number[]> {
  const batch = answers.map(({ tokens, first, end }) => ({
    sequence: session.createSequence(),
    tokens,
    logits: Array.from({ length: end - first }, (_, index) => first - 1 + index),
  }));
  const rows = await session.step(batch, { signal });
  for (const { sequence } of batch) sequence.close();
  return answers.map((answer, index) =>
    meanLogProbability(answer, (place) => rows[index]?.[place - (answer.first - 1)] ?? new Float32Array(0)),
  );
}
