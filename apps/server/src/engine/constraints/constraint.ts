import type { AnswerFormat, ToolDefinition } from '@halftone/chat';
import { readGrammar, readPattern, SchemaCompiler } from '@halftone/grammar';
import type { TokenConstraint } from '@halftone/runtime';
import type { AnswerForm, CallRules, GenerationRequest } from '../engine';
import { EngineError, forPart } from '../error';
import { HermesCalls, hermesCall } from './hermes-calls';
import { JsonAnswer } from './json-answer';
import { MistralCalls, mistralMarks, type MistralMarks } from './mistral-calls';
import { TextAnswer } from './text-answer';
import type { TokenTexts } from './token-texts';
import { compileTools } from './tool-schemas';

/** What binds a text, and closes it where it is cut off. */
export interface ClosingConstraint extends TokenConstraint {
  /** What makes the JSON of a text that was cut off whole; empty where there is nothing to close. */
  closing(): string;
}

/** What the constraint of a request is made for. */
export interface ConstraintParts {
  readonly texts: TokenTexts;
  /** How the model answers; `undefined` for a plain text. */
  readonly format: AnswerFormat | undefined;
  readonly tools: readonly ToolDefinition[];
}

/**
 * What binds the tokens of a request, if anything does.
 *
 * @throws EngineError `bad-request` for what cannot be bound: a call that has to come in a form that is not known here. GrammarError for a
 * grammar or a schema that cannot be followed.
 */
export function constraintOf(
  { calls, form }: GenerationRequest,
  { texts, format, tools }: ConstraintParts,
): ClosingConstraint | undefined {
  if (form !== undefined) {
    if (tools.length === 0) return forPart(form.kind, () => answerOf(form, texts));
    throw new EngineError(
      'bad-request',
      'tools and an answer whose form is bound cannot be asked for together',
      { part: form.kind },
    );
  }
  if (tools.length === 0) return withoutTools(texts, format);
  if (calls === undefined) return undefined;
  checkChoice(calls, tools);
  const bound = forPart('tools', () => callsOf(texts, format, calledTools(calls, tools), calls));
  if (bound !== undefined) return bound;
  if (calls.choice === 'auto' && calls.isParallel) return undefined;
  throw new EngineError('bad-request', 'the calls of this model cannot be bound', {
    part: 'calls',
    found: `calls in the form ${format?.calls ?? 'of none'}`,
    allowed: 'mistral, mistral-id and hermes',
    advice: 'Leave tool_choice and parallel_tool_calls out.',
  });
}

/** Where there are no tools there is nothing to call, though models that have learned to call like to. */
function withoutTools(texts: TokenTexts, format: AnswerFormat | undefined): ClosingConstraint | undefined {
  return callsOf(texts, format, [], NO_CALLS);
}

/** The tools that may be called. */
function calledTools({ choice }: CallRules, tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
  if (choice === 'none') return [];
  return typeof choice === 'string' ? tools : tools.filter((tool) => tool.function.name === choice.name);
}

/** What binds calls of these tools; `undefined` where the model's calls cannot be bound. */
function callsOf(
  texts: TokenTexts,
  format: AnswerFormat | undefined,
  tools: readonly ToolDefinition[],
  rules: CallRules,
): ClosingConstraint | undefined {
  const marks = marksOf(texts, format);
  if (marks === undefined && format?.calls !== 'hermes') return undefined;
  const compiler = new SchemaCompiler();
  const schemas = compileTools(compiler, tools);
  if (marks !== undefined) return new MistralCalls(texts, marks, schemas, rules);
  return new HermesCalls(texts, compiler.compile(hermesCall(schemas)), rules);
}

const NO_CALLS: CallRules = { choice: 'none', isParallel: false };

function answerOf(form: AnswerForm, texts: TokenTexts): ClosingConstraint {
  switch (form.kind) {
    case 'json':
      return new JsonAnswer(texts, form.schema);
    case 'grammar':
      return new TextAnswer(texts, readGrammar(form.text));
    case 'pattern':
      return new TextAnswer(texts, readPattern(form.text));
  }
}

/** Whether calls of a model that answers like this can be bound, and so forbidden. */
export function canBindCalls(texts: TokenTexts, format: AnswerFormat): boolean {
  return format.calls === 'hermes' || marksOf(texts, format) !== undefined;
}

function marksOf({ tokenizer }: TokenTexts, format: AnswerFormat | undefined): MistralMarks | undefined {
  if (format?.calls !== 'mistral' && format?.calls !== 'mistral-id') return undefined;
  return mistralMarks(tokenizer, format.calls === 'mistral-id');
}

function checkChoice({ choice }: CallRules, tools: readonly ToolDefinition[]): void {
  if (typeof choice === 'string') return;
  if (tools.some((tool) => tool.function.name === choice.name)) return;
  throw new EngineError('bad-request', 'the tool that has to be called is not there', {
    part: 'calls',
    found: choice.name,
    allowed: tools.map((tool) => tool.function.name).join(', '),
  });
}
