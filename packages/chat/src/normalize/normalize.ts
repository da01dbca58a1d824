import { ChatError } from '../error';
import type { ChatMessage } from '../messages';
import type { TemplateAbilities } from '../template/abilities';
import { argumentsAsObjects, argumentsAsText } from './arguments';
import type { Changed, ChangeKind } from './change';
import { makeMissingIds, makeResultIds, shortenIds } from './ids';
import { dropEmpty, mergeNeighbours } from './merge';
import { isEmpty, partsOf, type PlainMessage } from './message';
import { plainMessage } from './plain';
import { oneCallEach, pairResults } from './results';
import { foldHeadSystem, foldLateSystem } from './system';
import { takeTurns } from './turns';

type Step = (messages: readonly PlainMessage[]) => Changed<PlainMessage>;

/** A conversation in the shape that a template takes. */
export interface NormalizedChat {
  /** What the template is given as `messages`. */
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  /** What had to be changed, in order; empty for a conversation that fits. */
  readonly changes: readonly ChangeKind[];
}

/**
 * Bring what clients send into the shape that a template takes, and tell what had to be changed.
 *
 * @throws {@link ChatError} `unsupported-content`, `no-tools`.
 */
export function normalizeMessages(
  messages: readonly ChatMessage[],
  abilities: TemplateAbilities,
): NormalizedChat {
  let plain: readonly PlainMessage[] = messages.map(plainMessage);
  const changes: ChangeKind[] = [];
  for (const step of stepsFor(abilities)) {
    const changed = step(plain);
    plain = changed.messages;
    changes.push(...changed.changes);
  }
  return { messages: plain.map((message) => forTemplate(message, abilities)), changes };
}

/** In this order: results are paired with merged calls, what they stood between is merged again, and turns are counted in that. */
function stepsFor({ system, alternates, calls }: TemplateAbilities): readonly Step[] {
  return [
    dropEmpty,
    foldLateSystem,
    makeMissingIds,
    mergeNeighbours,
    pairResults,
    makeResultIds,
    mergeNeighbours,
    ...(calls?.several === false ? [oneCallEach] : []),
    ...(system ? [] : [foldHeadSystem]),
    ...(alternates ? [takeTurns] : []),
    ...(calls?.ids === 'nine' ? [shortenIds] : []),
    calls?.argumentsAs === 'object' ? argumentsAsObjects : argumentsAsText,
  ];
}

function forTemplate(message: PlainMessage, abilities: TemplateAbilities): Record<string, unknown> {
  const { role, name, reasoning, calls, callId } = message;
  if ((calls.length > 0 || role === 'tool') && abilities.calls === undefined) {
    throw new ChatError('no-tools', 'the chat template has no place for calls of tools and their results', {
      advice: 'Leave them out, or use a model whose template knows tools.',
    });
  }
  return {
    role,
    content: contentFor(message, abilities),
    ...(name === undefined ? {} : { name }),
    // `reasoning_content` is the name of DeepSeek and Qwen, `thinking` that of gpt-oss.
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning, thinking: reasoning }),
    ...(callId === undefined ? {} : { tool_call_id: callId }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call) => ({
            id: call.id,
            type: 'function',
            function: { name: call.name, arguments: call.arguments },
          })),
        }),
  };
}

function contentFor({ content, calls, reasoning }: PlainMessage, abilities: TemplateAbilities): unknown {
  if (reasoning !== undefined && abilities.reasoningAsPart) {
    const thinking = { type: 'thinking', thinking: reasoning };
    return [thinking, ...(isEmpty(content) ? [] : partsOf(content))];
  }
  if (typeof content !== 'string' && !abilities.parts) {
    throw new ChatError(
      'unsupported-content',
      'a message has a part that the chat template has no place for',
      {
        found: content.find(({ type }) => type !== 'text')?.type ?? 'text',
        allowed: 'text',
        advice: 'Send text alone.',
      },
    );
  }
  if (calls.length > 0 && isEmpty(content)) return abilities.calls?.emptyContent;
  return abilities.contentAs === 'parts' ? partsOf(content) : content;
}
