import type { AnswerFormat, ToolDefinition } from '@halftone/chat';
import { readGrammar, readPattern, SchemaCompiler } from '@halftone/grammar';
import type { TokenConstraint } from '@halftone/runtime';
import type { AnswerForm, CallRules, GenerationRequest } from '../engine';
import { EngineError, forPart } from '../error';
import { BoundCalls } from './calls/bound-calls';
import { JsonAnswer } from './json-answer';
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
 * @throws EngineError `bad-request` for tools beside a form, and for a grammar or a schema that cannot be followed.
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
  if (format === undefined) return undefined;
  if (tools.length === 0) return callsOf(texts, format, [], NO_CALLS);
  if (calls === undefined) return undefined;
  return forPart('tools', () => callsOf(texts, format, tools, calls));
}

/** The tools that may be called. */
function calledTools({ choice }: CallRules, tools: readonly ToolDefinition[]): readonly ToolDefinition[] {
  if (choice === 'none') return [];
  return typeof choice === 'string' ? tools : tools.filter((tool) => tool.function.name === choice.name);
}

/** Where there are no tools there is nothing to call, though models that have learned to call like to. */
const NO_CALLS: CallRules = { choice: 'none', isParallel: false };

/** What binds calls of some tools. */
function callsOf(
  texts: TokenTexts,
  format: AnswerFormat,
  tools: readonly ToolDefinition[],
  rules: CallRules,
): ClosingConstraint {
  const compiler = new SchemaCompiler();
  const schemas = compileTools(compiler, calledTools(rules, tools));
  const names = tools.map((tool) => tool.function.name);
  return new BoundCalls(texts, format, { schemas, names, compiler, isParallel: rules.isParallel }, rules);
}

function answerOf(form: AnswerForm, texts: TokenTexts): ClosingConstraint {
  switch (form.kind) {
    case 'json':
      return new JsonAnswer(
        texts,
        new SchemaCompiler().compile(form.schema, { isExact: form.isExact ?? false }),
      );
    case 'grammar':
      return new TextAnswer(texts, readGrammar(form.text));
    case 'pattern':
      return new TextAnswer(texts, readPattern(form.text));
  }
}
