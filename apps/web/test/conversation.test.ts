import { describe, expect, it } from 'vitest';
import { chatRequest } from '../src/page/chat/chat-request';
import { assistantTurn, newConversation, titleOf, userTurn } from '../src/page/chat/conversation';
import { exampleTools, parseTools, withNumber } from '../src/page/chat/settings';
import { Stored } from '../src/page/chat/stored';

describe('a conversation', () => {
  it('becomes the messages of a request; an answer that did not come is left out', () => {
    const conversation = newConversation('Be brief.');
    const call = { id: 'c1', name: 'look', arguments: '{}', result: 'here' };
    conversation.turns.push(
      userTurn('Where?'),
      { ...assistantTurn(), reasoning: 'Hm.', calls: [call] },
      assistantTurn(),
    );
    const request = chatRequest(conversation, { temperature: 0 }, parseTools(exampleTools));
    expect(request).toMatchObject({ stream: true, stream_options: { include_usage: true }, temperature: 0 });
    expect(request.tools?.[0]).toMatchObject({ type: 'function', function: { name: 'get_weather' } });
    expect(request.messages).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Where?' },
      {
        role: 'assistant',
        content: '',
        reasoning_content: 'Hm.',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'c1', name: 'look', content: 'here' },
    ]);
    expect('tools' in chatRequest(conversation, {}, [])).toBe(false);
  });

  it('is called by the beginning of its first message', () => {
    const conversation = newConversation('');
    expect(titleOf(conversation)).toBe('New chat');
    conversation.turns.push(userTurn(`  two\nlines ${'🦆'.repeat(80)}`));
    expect(titleOf(conversation)).toBe(`two lines ${'🦆'.repeat(49)}…`);
  });
});

describe('tools', () => {
  it('may be declared whole or by their functions', () => {
    const [tool] = parseTools('[{"name": "look"}]');
    expect(parseTools(JSON.stringify([tool]))).toEqual([tool]);
    expect(parseTools(' \n')).toEqual([]);
  });

  it.each([
    ['[', /no JSON/],
    ['{}', /list/],
    ['[1]', /Tool 1 should be an object/],
    ['[{"name": "a"}, {}]', /Tool 2 has no "name"/],
    ['[{"name": "a", "parameters": []}]', /Tool 1: "parameters"/],
  ])('%s is told to be wrong', (text, message) => {
    expect(() => parseTools(text)).toThrow(message);
  });
});

it('numbers that are not set have the default of the server', () => {
  expect(withNumber({ seed: 1 }, 'top_k', 4)).toEqual({ seed: 1, top_k: 4 });
  expect(withNumber({ seed: 1 }, 'seed', undefined)).toEqual({});
});

/** A storage like a browser's. */
class MapStorage implements Storage {
  readonly #items = new Map<string, string>();
  [name: string]: unknown;
  get length(): number {
    return this.#items.size;
  }
  clear(): void {
    this.#items.clear();
  }
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null;
  }
  key(index: number): string | null {
    return [...this.#items.keys()][index] ?? null;
  }
  removeItem(key: string): void {
    this.#items.delete(key);
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value);
  }
}

describe('what is stored', () => {
  it('comes back, the conversation that was changed last first', () => {
    const stored = new Stored(new MapStorage());
    const [older, newer] = [newConversation('a'), newConversation('b')];
    older.changed = 1;
    stored.saveConversation(newer);
    stored.saveConversation(older);
    stored.saveSettings({ ...stored.settings(), apiKey: 'secret' });
    expect(stored.conversations()).toEqual([newer, older]);
    expect(stored.settings()).toMatchObject({ apiKey: 'secret', theme: 'system' });
    stored.deleteConversation(newer.id);
    expect(stored.conversations()).toEqual([older]);
  });

  it('may be broken', () => {
    const storage = new MapStorage();
    storage.setItem('halftone.settings', '{');
    storage.setItem('halftone.conversation.a', '{');
    const stored = new Stored(storage);
    expect(stored.settings().sampling).toEqual({});
    expect(stored.conversations()).toEqual([]);
  });
});
