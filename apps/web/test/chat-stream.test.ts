import { describe, expect, it } from 'vitest';
import { readChat, type ChatEvent } from '../src/page/api/chat-stream';
import { failureOf, ServerError } from '../src/page/api/server-error';
import { takeEvent } from '../src/page/chat/take-event';
import { assistantTurn } from '../src/page/chat/conversation';

const usage = { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 8 } };
const timings = { prompt_ms: 1, prompt_per_second: 2, predicted_ms: 3, predicted_per_second: 4 };
const chunk = (delta: object, reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: reason }],
  usage: null,
});
const call = (rest: object) => chunk({ tool_calls: [{ index: 0, ...rest }] });
const answer = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'Hm. ' }),
  chunk({ content: 'Söme ' }),
  chunk({ content: 'text' }),
  call({ id: 'c1', function: { name: 'look', arguments: '' } }),
  call({ function: { arguments: '{"at":' } }),
  call({ function: { arguments: '"it"}' } }),
  chunk({}, 'tool_calls'),
  { choices: [], usage, timings },
];

function bytes(messages: readonly unknown[], end = 'data: [DONE]\n\n'): Uint8Array<ArrayBuffer> {
  const lines = messages.map((message) => `data: ${JSON.stringify(message)}\n\n`);
  return new TextEncoder().encode(lines.join('') + end);
}

async function read(pieces: readonly Uint8Array<ArrayBuffer>[]): Promise<readonly ChatEvent[]> {
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const events: ChatEvent[] = [];
  for await (const event of readChat(body, new AbortController().signal)) events.push(event);
  return events;
}

describe('a streamed answer', () => {
  it('grows to the turn that it is, wherever its bytes are cut', async () => {
    const whole = bytes(answer);
    const one = Array.from(whole, (_, place) => whole.slice(place, place + 1));
    for (const pieces of [[whole], one]) {
      const turn = assistantTurn();
      for (const event of await read(pieces)) takeEvent(turn, event);
      expect(turn).toMatchObject({
        text: 'Söme text',
        reasoning: 'Hm. ',
        calls: [{ id: 'c1', name: 'look', arguments: '{"at":"it"}', result: '' }],
        cost: { usage, timings },
      });
    }
  });

  it('that ends too soon is cut off', async () => {
    await expect(read([bytes(answer, '')])).rejects.toMatchObject({ kind: 'cut' });
    await expect(read([new TextEncoder().encode('data: {"choi\n\n')])).rejects.toMatchObject({ kind: 'cut' });
  });

  it('tells the error that comes in it', async () => {
    const error = { message: 'the prompt does not fit', code: 'context_length_exceeded' };
    await expect(read([bytes([answer[0], { choices: [], error }])])).rejects.toMatchObject({
      kind: 'too-long',
      message: error.message,
    });
    await expect(read([bytes([{ error: { message: 'it broke' } }])])).rejects.toMatchObject({
      kind: 'failed',
    });
  });
});

describe('failures', () => {
  it('are told in sentences, with what to do', () => {
    expect(failureOf(new ServerError('busy', 'too many requests wait already', 2))).toEqual({
      kind: 'busy',
      title: 'The server is busy',
      message: 'Too many requests wait already. Try again in 2 s.',
    });
    expect(failureOf(new TypeError('network error'))).toMatchObject({ kind: 'cut' });
  });
});
