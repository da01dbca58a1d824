import { createInterface } from 'node:readline';
import { isToolDefinition, type AnswerEvent, type ToolDefinition } from '@halftone/chat';
import {
  generate,
  Sampler,
  type EndReason,
  type GeneratedEnd,
  type SamplingOptions,
  type Session,
} from '@halftone/runtime';
import { grammarConstraint } from '@halftone/server';
import { checkFits, Conversation, type Binding, type ConversationOptions, type Turn } from '../conversation';
import { readInputText } from '../input-file';
import { forAnswers, sessionOptions, withModel } from '../open-request';
import type { Output } from '../print/output';
import { UsageError } from '../quantize-words';
import type { RunRequest } from '../run-command';
import { checkBiasedTokens, samplingOf } from '../sampling-options';
import { givenTemplate, templateVariables } from '../template-options';

/** `halftone run`: a model answers, or goes on with a text. */
export async function run(request: RunRequest, output: Output, signal: AbortSignal): Promise<void> {
  const tools = await readTools(request.tools);
  const grammar = await readGrammarText(request);
  const prompt = await readPrompt(request);
  const template = await givenTemplate(request);
  const variables = templateVariables(request);
  if (grammar !== undefined && tools.length > 0) {
    throw new UsageError('usage', 'an answer cannot be bound by a grammar where there are tools', {
      advice: 'Leave --grammar or --tools out.',
    });
  }
  if (request.noConversation && (template !== undefined || request.chatTemplateKwargs !== undefined)) {
    throw new UsageError('usage', 'a text that is gone on with has no chat template', {
      advice: 'Leave --no-conversation out, or the options of the template.',
    });
  }
  const options = sessionOptions(request, request.contextSize);
  const sampling = samplingOf(request);
  await withModel(request.model, forAnswers(request), options, { output, signal }, async (model) => {
    checkBiasedTokens(sampling, model.vocabulary);
    const session = model.openSession(options);
    const { tokenizer } = session.model;
    const bind = (): Binding =>
      grammar === undefined ? {} : { constraint: grammarConstraint(tokenizer, grammar) };
    try {
      if (request.noConversation)
        await complete(session, { sampling, ...bind() }, { ...request, prompt }, output, signal);
      else
        await converse(
          session,
          { tools, variables, bind, sampling, signal, ...limitOf(request), ...(template && { template }) },
          { ...request, prompt },
          output,
        );
    } finally {
      await session.close();
    }
  });
}

/** Go on with a text as it stands. */
async function complete(
  session: Session,
  { sampling, ...binding }: { readonly sampling: SamplingOptions } & Binding,
  request: RunRequest,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  if (request.prompt === undefined) {
    throw new UsageError('usage', 'there is no text to go on with', { advice: 'Give one with -p or -f.' });
  }
  const prompt = session.model.tokenizer.encode(request.prompt, { parseSpecial: true });
  checkFits(prompt, session, 'prompt');
  const sampler = new Sampler(sampling, session.model.tokenizer);
  let text = '';
  for await (const event of generate(session, {
    prompt,
    sampler,
    special: true,
    signal,
    ...binding,
    ...limitOf(request),
  })) {
    text += event.text;
    if (!request.json) output.text(event.text);
    if (event.kind === 'end') tellEnd({ text }, event, session, request, output);
  }
}

/** Answer one prompt, or what comes line by line. */
async function converse(
  session: Session,
  options: ConversationOptions,
  request: RunRequest,
  output: Output,
): Promise<void> {
  const conversation = new Conversation(session, options);
  if (request.system !== undefined) conversation.messages.push({ role: 'system', content: request.system });
  const show = request.json ? (): void => undefined : (event: AnswerEvent) => showEvent(event, output);
  if (request.prompt !== undefined) {
    conversation.messages.push({ role: 'user', content: request.prompt });
    const { answer, end } = await conversation.answer(show);
    tellEnd(answer, end, session, request, output);
    return;
  }
  const { signal } = options;
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: '> ', signal });
  lines.prompt();
  let last: Turn | undefined;
  for await (const line of lines) {
    if (line.trim() === '') {
      lines.prompt();
      continue;
    }
    conversation.messages.push(...replies(line, last));
    last = await conversation.answer(show);
    tellEnd(last.answer, last.end, session, request, output);
    const waits = last.answer.calls.length > 0;
    if (waits)
      output.note(`(the next line is taken for the result of ${last.answer.calls[0]?.name ?? 'the tool'})`);
    lines.prompt();
  }
}

/** A line is the result of the first call that the model made, or else a message of the user. */
function replies(line: string, last: Turn | undefined): Conversation['messages'] {
  const call = last?.answer.calls[0];
  if (call === undefined) return [{ role: 'user', content: line }];
  return [{ role: 'tool', content: line, tool_call_id: call.id }];
}

function showEvent(event: AnswerEvent, output: Output): void {
  switch (event.type) {
    case 'content':
    case 'reasoning':
      output.text(event.text);
      return;
    case 'tool-call-started':
      output.text(`${event.index === 0 ? '' : '\n'}call ${event.name}(`);
      return;
    case 'tool-call-arguments':
      output.text(event.text);
      return;
    case 'tool-call-finished':
      output.text(event.complete ? ')' : ' … (cut off)');
  }
}

function tellEnd(
  answer: object,
  end: GeneratedEnd,
  session: Session,
  { json, prompt: given, maxTokens }: RunRequest,
  output: Output,
): void {
  const { prompt, generation, reason } = end;
  if (json) {
    const told = { ...answer, reason, prompt, generation };
    // A conversation line by line is answered by lines.
    output.line(given === undefined ? JSON.stringify(told) : JSON.stringify(told, undefined, 2));
    return;
  }
  const why: Record<EndReason, string> = {
    'end-token': '',
    'stop-string': '',
    'max-tokens': `, cut off after ${maxTokens ?? generation.tokens} tokens (-n)`,
    context: `, cut off because the context of ${session.contextLength} tokens is full: a larger one with -c`,
  };
  output.line('');
  output.note(
    `(${prompt.tokens} tokens read at ${prompt.tokensPerSecond.toFixed(1)}/s, ` +
      `${generation.tokens} written at ${generation.tokensPerSecond.toFixed(1)}/s${why[reason]})`,
  );
}

/** The grammar that was given. */
function readGrammarText({ grammar, grammarFile }: RunRequest): Promise<string | undefined> {
  return textOrFile(grammar, grammarFile, { name: 'grammar', options: '--grammar or --grammar-file' });
}

/** The prompt that was given. */
function readPrompt({ prompt, promptFile }: RunRequest): Promise<string | undefined> {
  return textOrFile(prompt, promptFile, { name: 'prompt', options: '-p or -f' });
}

/** A text that is given as it stands, or as a file that holds it. */
async function textOrFile(
  text: string | undefined,
  file: string | undefined,
  { name, options }: { readonly name: string; readonly options: string },
): Promise<string | undefined> {
  if (file === undefined) return text;
  if (text === undefined) return readInputText(file, `the ${name}`);
  throw new UsageError('usage', `there are two of the ${name}`, { advice: `Leave ${options} out.` });
}

async function readTools(path: string | undefined): Promise<readonly ToolDefinition[]> {
  if (path === undefined) return [];
  const text = await readInputText(path, 'the tools');
  const facts = {
    file: path,
    allowed: '[{"type": "function", "function": {"name": …, "description": …, "parameters": {…}}}, …]',
  };
  let tools: unknown;
  try {
    tools = JSON.parse(text);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : undefined;
    throw new UsageError('usage', 'the tools are no JSON', { ...facts, found, cause });
  }
  if (Array.isArray(tools) && tools.every(isToolDefinition)) return tools;
  throw new UsageError('usage', 'the tools cannot be read', facts);
}

function limitOf({ maxTokens }: RunRequest): { readonly maxTokens?: number } {
  return maxTokens === undefined || maxTokens === -1 ? {} : { maxTokens };
}
