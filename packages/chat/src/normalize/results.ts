import type { Changed, ChangeKind } from './change';
import type { PlainMessage } from './message';

/**
 * Results of tools stand right behind the message with their calls, in the order of the calls. A result belongs to the call
 * whose id it names; one that names none, or an unknown one, to the first call that is left. Devstral's template writes
 * no ids, so that the order is all that the model sees.
 *
 * A message that stood between calls and results (a system message, the user) comes behind the results.
 */
export function pairResults(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const changes: ChangeKind[] = [];
  const paired: PlainMessage[] = [];
  for (let start = 0; start < messages.length;) {
    // From a message to the next one of the assistant: whatever answers its calls stands in between.
    let end = start + 1;
    while (end < messages.length && messages[end]?.role !== 'assistant') end++;
    paired.push(...pairOne(messages.slice(start, end), changes));
    start = end;
  }
  return { messages: paired, changes };
}

/** The first message may have calls, the others answer it. */
function pairOne(messages: readonly PlainMessage[], changes: ChangeKind[]): readonly PlainMessage[] {
  const [first, ...rest] = messages;
  if (first === undefined) return [];
  const results = rest.filter(({ role }) => role === 'tool');
  if (results.length === 0) return messages;
  if (first.role !== 'assistant') {
    changes.push(...rest.flatMap(({ role }) => (role === 'tool' ? (['result-unpaired'] as const) : [])));
    return messages;
  }
  const ordered = inOrderOfCalls(
    first.calls.map(({ id }) => id),
    results,
    changes,
  );
  const arranged = [first, ...ordered, ...rest.filter(({ role }) => role !== 'tool')];
  const moved = arranged.some((message, index) => message.content !== messages[index]?.content);
  if (moved) changes.push('result-moved');
  return arranged;
}

function inOrderOfCalls(
  ids: readonly (string | undefined)[],
  results: readonly PlainMessage[],
  changes: ChangeKind[],
): PlainMessage[] {
  const byCall = new Map<number, PlainMessage>();
  const left: PlainMessage[] = [];
  for (const result of results) {
    const call = ids.findIndex((id, index) => id === result.callId && id !== undefined && !byCall.has(index));
    if (call >= 0) byCall.set(call, result);
    else left.push(result);
  }
  const unpaired: PlainMessage[] = [];
  for (const result of left) {
    const call = ids.findIndex((_, index) => !byCall.has(index));
    const id = ids[call];
    changes.push(call >= 0 ? 'result-paired' : 'result-unpaired');
    if (call >= 0) byCall.set(call, id === undefined ? result : { ...result, callId: id });
    else unpaired.push(result);
  }
  const paired = [...byCall].sort(([a], [b]) => a - b).map(([, result]) => result);
  return [...paired, ...unpaired];
}

/** For templates that take one call in a message: each call in a message of its own, with its result behind it. */
export function oneCallEach(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const changes: ChangeKind[] = [];
  const single: PlainMessage[] = [];
  for (let start = 0; start < messages.length;) {
    const [first, ...rest] = messages.slice(start);
    if (first === undefined) break;
    const end = rest.findIndex(({ role }) => role !== 'tool');
    const results = end < 0 ? rest : rest.slice(0, end);
    if (first.calls.length > 1) changes.push('calls-separated');
    single.push(...(first.calls.length > 1 ? separated(first, results) : [first, ...results]));
    start += 1 + results.length;
  }
  return { messages: single, changes };
}

function separated(message: PlainMessage, results: readonly PlainMessage[]): PlainMessage[] {
  const apart = message.calls.flatMap((call, index) => [
    { ...(index === 0 ? message : { role: message.role, content: '' }), calls: [call] },
    ...results.filter(({ callId }) => callId === call.id),
  ]);
  const ids = new Set(message.calls.map(({ id }) => id));
  return [...apart, ...results.filter(({ callId }) => !ids.has(callId))];
}
