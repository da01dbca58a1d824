import { fileURLToPath } from 'node:url';
import { chooseChatTemplate, readChatTemplates, renderChat } from '@halftone/chat';
import { demoModel } from '@halftone/demo-model';
import { expect, test } from 'vitest';
import { generate, Sampler } from '../src/index';
import { openModel } from '../src/node';

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const description = 'Get the current weather for a city';
const tools = [{ type: 'function' as const, function: { name: 'get_weather', description, parameters } }];
const messages = [{ role: 'user' as const, content: 'What is the weather in Paris?' }];

test('the demo model, asked for the weather in Paris, calls the tool for it', async () => {
  const { model, close } = await openModel(fileURLToPath(demoModel.model), { backend: 'reference' });
  const session = model.openSession({ contextLength: 128 });
  const template = chooseChatTemplate(readChatTemplates(model.plan.file.metadata), { withTools: true });
  const { text: chat } = renderChat(template, { messages, tools });
  const prompt = model.tokenizer.encode(chat, { addSpecial: false, parseSpecial: true });
  const sampler = new Sampler({ temperature: 0 });
  let text = '';
  for await (const event of generate(session, { prompt, sampler, special: true })) {
    text += event.text;
    if (event.kind === 'end')
      expect(event).toMatchObject({ reason: 'end-token', endToken: model.tokenizer.end });
  }
  expect(text).toBe('[TOOL_CALLS]get_weather[ARGS]{"city": "Paris"}');
  await session.close();
  await close();
});

test('a model that does not fit into memory is not opened', async () => {
  const opened = openModel(fileURLToPath(demoModel.model), {
    backend: 'reference',
    availableMemory: 10_000_000,
  });
  await expect(opened).rejects.toMatchObject({ code: 'out-of-memory' });
  await expect(openModel('/nowhere/model.gguf')).rejects.toMatchObject({ code: 'not-found' });
});
