import type { AnswerEvent } from '@halftone/chat';
import type { GenerationEvent, IndexedEvent, WrittenToken } from '../engine/engine';

/** One text, whole. */
export interface CollectedText {
  readonly events: readonly AnswerEvent[];
  readonly tokens: readonly WrittenToken[];
  readonly end: Extract<GenerationEvent, { readonly kind: 'end' }>;
}

/** Wait for all texts of a request, in the order of their places. */
export async function collectTexts(
  events: AsyncIterable<IndexedEvent>,
  count: number,
): Promise<readonly CollectedText[]> {
  const parts = Array.from({ length: count }, () => ({
    events: [] as AnswerEvent[],
    tokens: [] as WrittenToken[],
    end: undefined as CollectedText['end'] | undefined,
  }));
  for await (const { index, event } of events) {
    const part = parts[index];
    if (event.kind === 'answer') {
      part?.events.push(...event.events);
      part?.tokens.push(...event.tokens);
    } else if (event.kind === 'end' && part !== undefined) part.end = event;
  }
  return parts.map(({ end, ...rest }) => {
    if (end === undefined) throw new Error('a text has no end');
    return { ...rest, end };
  });
}
