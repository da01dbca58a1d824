import {
  CALL_ID_LENGTH,
  DEEPSEEK_MARKS,
  GLM_TAGS,
  HARMONY_ENDS,
  HARMONY_MARKS,
  HERMES_MARKS,
  MISTRAL_MARKS,
  PYTHON_MARK,
  QWEN_TAGS,
  type CallTags,
  type ToolCallFormat,
} from '@halftone/chat';
import type { CompiledSchema, JsonSchema, SchemaCompiler } from '@halftone/grammar';
import type { ToolSchemas } from '../tool-schemas';
import { CallId } from './call-id';
import { Choice, type Way } from './choice';
import { JsonCall, type JsonCallOptions } from './json-call';
import { TaggedArguments } from './tagged-arguments';

/** The tools that may be called. */
export interface CallableTools {
  readonly schemas: ToolSchemas;
  /** The names of all tools, those that may not be called as well. */
  readonly names: readonly string[];
  readonly compiler: SchemaCompiler;
  /** Whether there may be several calls. */
  readonly isParallel: boolean;
}

/** What is written where a call has begun. */
export interface CallShape {
  readonly call: Way;
  /** What may stand before another call, and what that one is. */
  readonly next: readonly (readonly [between: string, call: Way])[];
  /** What ends all calls, and with them the answer; `undefined` where free text follows. */
  readonly end: string | undefined;
}

type Shape = (tools: CallableTools) => CallShape;

/** How calls are written in a format. */
export interface CallForm {
  /** What opens calls wherever it stands. */
  readonly marks: ReadonlyMap<string, Shape>;
  /** What opens calls where the content begins, without space. */
  readonly bare: ReadonlyMap<string, Shape>;
  /** Texts that may be control tokens, besides those marks. */
  readonly tokens: readonly string[];
  /** Set where a mark counts in the head of a message alone. */
  readonly heads?: { readonly begin: readonly string[]; readonly end: string };
  /** What stands before the mark in an answer that begins with a call. */
  readonly lead?: string;
}

/** A choice of the tools: what stands before their arguments, and what those are. */
function named(head: (name: string) => string, args: (schema: CompiledSchema) => ReturnType<Way>) {
  return ({ schemas }: CallableTools): Way => {
    const ways = [...schemas].map(([name, schema]) => [head(name), () => args(schema)] as const);
    return () => new Choice(ways);
  };
}

const json =
  (options: JsonCallOptions = {}) =>
  (schema: CompiledSchema) =>
    new JsonCall(schema, options);
const tagged = (tags: CallTags) => (schema: CompiledSchema) => new TaggedArguments(schema, tags);

/** What one call may be, as an object. */
function callSchema(
  { schemas }: CallableTools,
  key: string,
  more: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return {
    anyOf: [...schemas].map(([name, parameters]) => ({
      type: 'object',
      properties: { name: { const: name }, [key]: parameters, ...more },
      required: ['name', key],
      additionalProperties: false,
    })),
  };
}

/** A call that is an object. */
function object(key: string, options: JsonCallOptions = {}, more: Readonly<Record<string, JsonSchema>> = {}) {
  return (tools: CallableTools): Way => {
    const compiled = tools.compiler.compile(callSchema(tools, key, more));
    return () => new JsonCall(compiled, options);
  };
}

/** All calls in one array. */
function list(more: Readonly<Record<string, JsonSchema>> = {}): Shape {
  return (tools) => {
    const items = callSchema(tools, 'arguments', more);
    const most = tools.isParallel ? {} : { maxItems: 1 };
    const compiled = tools.compiler.compile({ type: 'array', items, minItems: 1, ...most });
    return { call: () => new JsonCall(compiled), next: [], end: '' };
  };
}

/** Calls after which the answer goes on. */
const among =
  (call: (tools: CallableTools) => Way): Shape =>
  (tools) => ({ call: call(tools), next: [], end: undefined });

/** Calls that end an answer, with what stands before the first one, between two, and behind the last one. */
function last(
  call: (tools: CallableTools) => Way,
  parts: { readonly first?: string; readonly between: readonly string[]; readonly end?: string },
): Shape {
  const { first = '', between, end = '' } = parts;
  return (tools) => {
    const one = call(tools);
    const next = between.map((text) => [text, one] as const);
    return { call: first === '' ? one : () => new Choice([[first, one]]), next, end };
  };
}

const { call: MISTRAL, arguments: ARGUMENTS, id: ID } = MISTRAL_MARKS;
const { call: HERMES, end: HERMES_END } = HERMES_MARKS;
const {
  calls: CALLS,
  call: CALL,
  separator: SEPARATOR,
  callEnd: CALL_END,
  callsEnd: CALLS_END,
} = DEEPSEEK_MARKS;
const { start: START, channel: CHANNEL, constrain: CONSTRAIN, message: MESSAGE } = HARMONY_MARKS;
/** What stands between the name and the arguments: the channel may stand before the name, or behind it. */
const HARMONY_TAILS = [
  ` ${CONSTRAIN}json`,
  ' json',
  '',
  `${CHANNEL}commentary json`,
  `${CHANNEL}commentary ${CONSTRAIN}json`,
];

const none: ReadonlyMap<string, Shape> = new Map();

const mistral = last(
  named((name) => `${name}${ARGUMENTS}`, json()),
  { between: [MISTRAL] },
);
const mistralId = last(
  named(
    (name) => `${name}${ID}`,
    (schema) => new CallId(new Choice([[ARGUMENTS, () => new JsonCall(schema)]])),
  ),
  { between: [MISTRAL] },
);
const hermes = among(object('arguments', { closing: HERMES_END }));
const llama = last(object('parameters', {}, { type: { const: 'function' } }), { between: ['; '] });
const harmony = last(
  ({ schemas }) => {
    const ways = [...schemas].flatMap(([name, schema]) =>
      HARMONY_TAILS.map(
        (tail) =>
          [
            `functions.${name}${tail}${MESSAGE}`,
            () => new JsonCall(schema, { closing: HARMONY_MARKS.callEnd, marks: HARMONY_ENDS }),
          ] as const,
      ),
    );
    return () => new Choice(ways);
  },
  { between: [`${START}assistant${CHANNEL}commentary to=`] },
);

function deepSeek(call: (tools: CallableTools) => Way): CallForm {
  const rest = { between: [CALL, `\n${CALL}`], end: CALLS_END };
  const marks = [
    [CALLS, last(call, { first: CALL, ...rest })],
    [CALL, last(call, rest)],
  ] as const;
  return { marks: new Map(marks), bare: none, tokens: [SEPARATOR, CALL_END, CALLS_END] };
}

const mistralTokens = [ARGUMENTS, ID];
const hermesTokens = [HERMES_END];

/** By format, as `formatToolCalls` writes them. */
export const callForms: Readonly<Record<ToolCallFormat, CallForm>> = {
  mistral: { marks: new Map([[MISTRAL, mistral]]), bare: none, tokens: mistralTokens },
  'mistral-id': { marks: new Map([[MISTRAL, mistralId]]), bare: none, tokens: mistralTokens },
  'mistral-list': {
    marks: new Map([
      [MISTRAL, list({ id: { type: 'string', pattern: `^[a-zA-Z0-9]{${CALL_ID_LENGTH}}$` } })],
    ]),
    bare: none,
    tokens: [],
  },
  hermes: { marks: new Map([[HERMES, hermes]]), bare: none, tokens: hermesTokens },
  'qwen-coder': {
    marks: new Map([
      [HERMES, among(named((name) => `\n<function=${name}>\n`, tagged(QWEN_TAGS)))],
      [QWEN_TAGS.name, among(named((name) => `${name}>\n`, tagged(QWEN_TAGS)))],
    ]),
    bare: none,
    tokens: hermesTokens,
  },
  glm: {
    marks: new Map([[HERMES, among(named((name) => `${name}\n`, tagged(GLM_TAGS)))]]),
    bare: none,
    tokens: [GLM_TAGS.key, GLM_TAGS.keyEnd, GLM_TAGS.value, GLM_TAGS.valueEnd, HERMES_END],
  },
  deepseek: deepSeek(
    named((name) => `function${SEPARATOR}${name}\n\`\`\`json\n`, json({ closing: `\`\`\`${CALL_END}` })),
  ),
  'deepseek-v3.1': deepSeek(named((name) => `${name}${SEPARATOR}`, json({ closing: CALL_END }))),
  harmony: {
    marks: new Map([['to=', harmony]]),
    bare: none,
    tokens: [...HARMONY_ENDS, CONSTRAIN],
    lead: `${CHANNEL}commentary `,
    heads: { begin: HARMONY_ENDS.filter((mark) => mark !== MESSAGE), end: MESSAGE },
  },
  llama3: {
    marks: new Map([[PYTHON_MARK, llama]]),
    bare: new Map([['{', llama]]),
    tokens: [],
  },
  generic: {
    marks: new Map([
      [MISTRAL, mistral],
      [HERMES, hermes],
      [PYTHON_MARK, llama],
    ]),
    bare: new Map([
      ['{', last(object('arguments'), { between: [] })],
      ['[{', list()],
    ]),
    tokens: [...mistralTokens, ...hermesTokens],
  },
};
