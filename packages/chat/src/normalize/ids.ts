import type { Changed } from './change';
import type { PlainMessage } from './message';

/** What Mistral's templates and API take for the id of a call. */
const NINE = /^[a-zA-Z0-9]{9}$/;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/**
 * Nine letters and digits that follow from a text: the same conversation gives the same ids, and so the same prompt, on
 * every turn. Two rounds of FNV-1a with 32 bits each.
 */
function idFrom(seed: string): string {
  let id = '';
  let low = fnv1a(seed, 0x811c9dc5);
  let high = fnv1a(seed, low);
  for (let index = 0; index < 9; index++) {
    const half = index % 2 === 0 ? low : high;
    id += ALPHABET[half % ALPHABET.length] ?? '';
    if (index % 2 === 0) low = Math.floor(low / ALPHABET.length) ^ high;
    else high = Math.floor(high / ALPHABET.length) ^ low;
    low >>>= 0;
    high >>>= 0;
  }
  return id;
}

function fnv1a(text: string, start: number): number {
  let hash = start;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

/** Every call that has no id gets one, from its place in the conversation and its name. */
export function makeMissingIds(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const changes: 'id-made'[] = [];
  const withIds = messages.map((message, index) => ({
    ...message,
    calls: message.calls.map((call, place) => {
      if (call.id !== undefined) return call;
      changes.push('id-made');
      return { ...call, id: idFrom(`${index}.${place}.${call.name}`) };
    }),
  }));
  return { messages: withIds, changes };
}

/** Results that belong to no call get an id of their own, because some templates refuse a result without one. */
export function makeResultIds(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const lacksId = ({ role, callId }: PlainMessage): boolean => role === 'tool' && callId === undefined;
  return {
    messages: messages.map((message, index) =>
      lacksId(message) ? { ...message, callId: idFrom(`${index}.result`) } : message,
    ),
    changes: messages.filter(lacksId).map(() => 'id-made'),
  };
}

/** For templates that ask for it: ids of another form become nine letters and digits, alike in calls and results. */
export function shortenIds(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const changes: 'id-made'[] = [];
  const short = (id: string): string => (NINE.test(id) ? id : idFrom(id));
  const withIds = messages.map((message) => ({
    ...message,
    ...(message.callId === undefined ? {} : { callId: short(message.callId) }),
    calls: message.calls.map((call) => {
      if (call.id === undefined || NINE.test(call.id)) return call;
      changes.push('id-made');
      return { ...call, id: short(call.id) };
    }),
  }));
  return { messages: withIds, changes };
}
