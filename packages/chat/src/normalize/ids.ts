import { callIdFrom, isCallId } from '../call-id';
import type { Changed } from './change';
import type { PlainMessage } from './message';

/** Every call that has no id gets one, from its place in the conversation and its name. */
export function makeMissingIds(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const changes: 'id-made'[] = [];
  const withIds = messages.map((message, index) => ({
    ...message,
    calls: message.calls.map((call, place) => {
      if (call.id !== undefined) return call;
      changes.push('id-made');
      return { ...call, id: callIdFrom(`${index}.${place}.${call.name}`) };
    }),
  }));
  return { messages: withIds, changes };
}

/** Results that belong to no call get an id of their own, because some templates refuse a result without one. */
export function makeResultIds(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const lacksId = ({ role, callId }: PlainMessage): boolean => role === 'tool' && callId === undefined;
  return {
    messages: messages.map((message, index) =>
      lacksId(message) ? { ...message, callId: callIdFrom(`${index}.result`) } : message,
    ),
    changes: messages.filter(lacksId).map(() => 'id-made'),
  };
}

/** For templates that ask for it: ids of another form become nine letters and digits, alike in calls and results. */
export function shortenIds(messages: readonly PlainMessage[]): Changed<PlainMessage> {
  const changes: 'id-made'[] = [];
  const short = (id: string): string => (isCallId(id) ? id : callIdFrom(id));
  const withIds = messages.map((message) => ({
    ...message,
    ...(message.callId === undefined ? {} : { callId: short(message.callId) }),
    calls: message.calls.map((call) => {
      if (call.id === undefined || isCallId(call.id)) return call;
      changes.push('id-made');
      return { ...call, id: short(call.id) };
    }),
  }));
  return { messages: withIds, changes };
}
