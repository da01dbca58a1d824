import { source as axeSource, type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noChromium, startChromium } from './chromium';
import { serveDemo, weatherTool, type DemoServer } from './demo-engine';

/** What the page shows after a while; machines may be busy. */
const soon = <Value>(read: () => Value | Promise<Value>) => expect.poll(read, { timeout: 30_000 });

let server: DemoServer;
beforeAll(async () => {
  server = await serveDemo();
});
afterAll(() => server.close());

describe('the page', () => {
  it('comes with a policy that lets it load and ask nothing but its own server', async () => {
    const { headers } = await fetch(server.url);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('needs no key, and gives none of what does', async () => {
    const locked = await serveDemo({ slots: 1, contextLength: 512 }, { apiKeys: ['secret'] });
    try {
      const document = await (await fetch(locked.url)).text();
      const script = /src="(\/assets\/[\w.-]+\.js)"/.exec(document)?.[1] ?? '';
      const { status, headers } = await fetch(`${locked.url}${script}`);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toMatch(/immutable/);
      expect((await fetch(`${locked.url}/docs`)).status).toBe(200);
      expect((await fetch(`${locked.url}/openapi.json`)).status).toBe(401);
      expect((await fetch(`${locked.url}/assets/../../package.json`)).status).toBe(401);
    } finally {
      await locked.close();
    }
  });

  it('is not there when it is not wanted', async () => {
    const bare = await serveDemo({ slots: 1, contextLength: 512 }, { webui: false });
    try {
      expect((await fetch(bare.url)).status).toBe(404);
      expect((await fetch(`${bare.url}/docs`)).status).toBe(404);
    } finally {
      await bare.close();
    }
  });
});

/** An element of the page, as far as a test measures it. */
interface Box {
  getBoundingClientRect(): { readonly right: number };
}

const why = noChromium === undefined ? '' : ` (skipped: ${noChromium})`;

describe.skipIf(noChromium !== undefined)(`the page in Chromium${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.close());

  /** Open the page with something stored; whatever it may not do, or gets wrong, fails the test. */
  async function withPage(
    work: (page: Page) => Promise<void>,
    {
      path = '/',
      width = 1280,
      colorScheme = 'light',
      stored = {},
    }: {
      path?: string;
      width?: number;
      colorScheme?: 'light' | 'dark';
      stored?: Record<string, unknown>;
    } = {},
  ): Promise<void> {
    const context = await browser.newContext({ viewport: { width, height: 740 }, colorScheme });
    const problems: string[] = [];
    try {
      const page = await context.newPage();
      page.on('pageerror', ({ message }) => problems.push(message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
          problems.push(message.text());
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(server.url)) problems.push(`asked ${request.url()}`);
      });
      const entries = Object.entries(stored).map(([key, value]) => [
        `halftone.${key}`,
        JSON.stringify(value),
      ]);
      await page.addInitScript({
        content: `if (localStorage.length === 0) Object.assign(localStorage, ${JSON.stringify(Object.fromEntries(entries))})`,
      });
      await page.goto(`${server.url}${path}`);
      await work(page);
    } finally {
      await context.close();
    }
    expect(problems).toEqual([]);
  }

  const settings = { sampling: { temperature: 0, max_tokens: 24 } };
  const message = (page: Page) => page.getByRole('textbox', { name: 'Message' });
  const answers = (page: Page) => page.getByRole('article', { name: 'Answer' });
  const say = async (page: Page, text: string) => {
    await message(page).fill(text);
    await message(page).press('Enter');
  };

  it('streams an answer, tells what it cost, and keeps it', async () => {
    await withPage(
      async (page) => {
        await say(page, 'Hello!');
        await soon(() => answers(page).textContent()).toMatch(/\d+ tokens · [\d.,]+ tokens\/s · prompt \d+/);
        await soon(() => page.getByRole('status').last().textContent()).toMatch(/The answer is there/);
        const text = await answers(page).textContent();
        await say(page, 'Go on.');
        await soon(() => answers(page).last().textContent()).toMatch(/prompt \d+ \(\d+ cached\)/);
        await page.reload();
        await soon(() => answers(page).count()).toBe(2);
        expect(await answers(page).first().textContent()).toBe(text);
        expect(await page.title()).toBe('Hello! · Halftone');
      },
      { stored: { settings } },
    );
  });

  it('shows a call of a tool, and goes on with the result', async () => {
    const stored = { settings: { ...settings, tools: JSON.stringify([weatherTool]) } };
    await withPage(
      async (page) => {
        await say(page, 'What is the weather in Paris?');
        const call = page.getByRole('region', { name: 'Call of get_weather' });
        await soon(() => call.textContent()).toMatch(/"city": "Paris"/);
        await call.getByRole('textbox').fill('{"celsius": 21}');
        const asked = page.waitForRequest((request) => request.method() === 'POST');
        await page.getByRole('button', { name: 'Send the result' }).click();
        const { messages } = (await asked).postDataJSON() as { messages: { role: string }[] };
        expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool']);
        expect(messages.at(-1)).toMatchObject({ content: '{"celsius": 21}' });
        await soon(() => answers(page).last().textContent()).toMatch(/tokens? · .* \(\d+ cached\)/);
      },
      { stored },
    );
  });

  it('stops when it is told to, answers again, and lets a message be edited', async () => {
    await withPage(
      async (page) => {
        // A text without an end: the token that ends a turn is banned.
        await page.route('**/v1/chat/completions', (route) =>
          route.continue({
            postData: JSON.stringify({
              ...(route.request().postDataJSON() as object),
              logit_bias: { '2': -100 },
            }),
          }),
        );
        await say(page, 'Count for ever.');
        await soon(() => answers(page).textContent()).toMatch(/Writing, about/);
        await page.keyboard.press('Escape');
        await soon(() => answers(page).textContent()).toMatch(/stopped$/);
        await soon(async () => (await server.engine.status()).slots.length).toBe(0);
        await page.getByRole('button', { name: 'Answer again' }).click();
        await page.getByRole('button', { name: 'Stop' }).click();
        await page.getByRole('button', { name: 'Edit' }).first().click();
        await page.getByRole('textbox', { name: 'Text' }).fill('Count to two.');
        await page.keyboard.press('Control+Enter');
        await expect
          .poll(() => page.getByRole('article', { name: 'You' }).textContent())
          .toMatch(/Count to two/);
        await page.getByRole('button', { name: 'Stop' }).click();
        expect(await answers(page).count()).toBe(1);
      },
      { stored: { settings: { sampling: { temperature: 1 } } } },
    );
  });

  it('sends the settings that are made', async () => {
    await withPage(async (page) => {
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.getByLabel('System prompt').fill('Be brief.');
      await soon(() => page.getByLabel('Temperature').getAttribute('placeholder')).toBe('0.8');
      await page.getByLabel('Temperature').fill('0');
      await page.getByLabel('Max tokens').fill('4');
      await page.getByLabel('API key').fill('secret');
      await page.getByLabel('Tools', { exact: false }).first().fill('[{}]');
      await soon(() => page.getByText('Tool 1 has no "name".').count()).toBe(1);
      await page.getByLabel('Tools', { exact: false }).first().fill('');
      await page.keyboard.press('Escape');
      const asked = page.waitForRequest((request) => request.method() === 'POST');
      await say(page, 'Hi');
      const request = await asked;
      expect(request.headers()['authorization']).toBe('Bearer secret');
      expect(request.postDataJSON()).toMatchObject({ temperature: 0, max_tokens: 4 });
      expect(request.postDataJSON()).toHaveProperty('messages.0', { role: 'system', content: 'Be brief.' });
    });
  });

  it('shows what a model writes as text: nothing of it runs or is loaded', async () => {
    const text =
      '<img src="https://a.test/x.png" onerror="document.title=1"> ![x](https://a.test/y.png) [z](javascript:alert(1))\n\n' +
      '<script>document.title = 2</script>\n\n| a |\n|--|\n| <iframe src="https://a.test"> |';
    const turns = [
      { role: 'user', id: 'a', text: '<b>Hi</b>' },
      { role: 'assistant', id: 'b', text, reasoning: '', calls: [] },
    ];
    const stored = { 'conversation.x': { id: 'x', systemPrompt: '', turns, changed: 1 } };
    await withPage(
      async (page) => {
        await soon(() => answers(page).textContent()).toMatch(/<script>document.title = 2<\/script>/);
        expect(await answers(page).locator('img, script, iframe, a[href^="javascript"]').count()).toBe(0);
        expect(await page.title()).toBe('<b>Hi</b> · Halftone');
      },
      { stored },
    );
  });

  it('tells what is wrong: no server, no key, a conversation that is too long', async () => {
    await withPage(async (page) => {
      const alert = page.getByRole('alert');
      await page.route('**/v1/chat/completions', (route) => route.abort());
      await say(page, 'Hello!');
      await soon(() => alert.textContent()).toMatch(/cannot be reached/);
      await page.unroute('**/v1/chat/completions');
      await page.route('**/v1/chat/completions', (route) =>
        route.fulfill({ status: 401, json: { error: { message: 'the API key is missing or wrong' } } }),
      );
      await page.getByRole('button', { name: 'Try again' }).click();
      await soon(() => alert.textContent()).toMatch(/wants an API key/);
      await page.getByRole('button', { name: 'Open the settings' }).click();
      await page.keyboard.press('Escape');
      await page.unroute('**/v1/chat/completions');
      await page.getByRole('button', { name: 'Edit' }).click();
      await page.getByRole('textbox', { name: 'Text' }).fill('word '.repeat(5000));
      await page.getByRole('button', { name: 'Send' }).first().click();
      await soon(() => alert.textContent()).toMatch(/too long/);
    });
  });

  it.each(['/', '/docs'])('%s fits on a phone of 360 pixels', async (path) => {
    const wide = `${'x'.repeat(200)}\n\n| ${'a | '.repeat(30)}\n|${'--|'.repeat(30)}\n\n\`\`\`\n${'y'.repeat(300)}\n\`\`\``;
    const turns = [
      { role: 'user', id: 'a', text: 'z'.repeat(300) },
      { role: 'assistant', id: 'b', text: wide, reasoning: '', calls: [] },
    ];
    const stored = { 'conversation.x': { id: 'x', systemPrompt: '', turns, changed: 1 } };
    await withPage(
      async (page) => {
        await soon(() => page.locator('article').count()).toBeGreaterThan(1);
        const rights = await page
          .locator('main, article, header, form, h1, h2')
          .evaluateAll((elements: readonly Box[]) =>
            elements.map((one) => one.getBoundingClientRect().right),
          );
        expect(Math.max(...rights)).toBeLessThanOrEqual(360);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      },
      { path, width: 360, stored },
    );
  });

  /** What axe finds wrong: for each rule, the elements that break it. */
  async function faults(page: Page): Promise<readonly object[]> {
    await page.evaluate(axeSource);
    const { violations } = await page.evaluate<AxeResults>('axe.run()');
    return violations.map(({ id, nodes }) => ({ id, at: nodes.map(({ target }) => target.join(' ')) }));
  }

  it.each([
    { colorScheme: 'light', width: 1280 },
    { colorScheme: 'dark', width: 360 },
  ] as const)('can be read and used by everyone: $colorScheme, $width pixels', async (look) => {
    const text = '# Title\n\nSome `code`, a [link](https://a.test).\n\n| a |\n|--|\n| b |\n\n```js\nx\n```';
    const call = { id: 'call00001', name: 'get_weather', arguments: '{"city": "Paris"}', result: '21' };
    const turns = [
      { role: 'user', id: 'a', text: 'Hi' },
      { role: 'assistant', id: 'b', text, reasoning: 'Well.', calls: [call] },
    ];
    const stored = { 'conversation.x': { id: 'x', systemPrompt: '', turns, changed: 1 } };
    await withPage(
      async (page) => {
        await soon(() => answers(page).count()).toBe(1);
        expect(await faults(page)).toEqual([]);
        await page.getByRole('button', { name: 'Settings' }).click();
        expect(await faults(page)).toEqual([]);
        await page.goto(`${server.url}/docs`);
        await soon(() => page.getByRole('article').count()).toBeGreaterThan(1);
        expect(await faults(page)).toEqual([]);
      },
      { ...look, stored },
    );
  });

  it('lists everything that the server answers', async () => {
    await withPage(
      async (page) => {
        const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
          paths: Record<string, object>;
        };
        const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods));
        await soon(() => page.getByRole('article').count()).toBe(operations.length);
        const chat = page.getByRole('article', { name: 'POST /v1/chat/completions' });
        expect(await chat.textContent()).toMatch(/messages required object/);
        const body = JSON.parse(
          /-d '(.*)'/.exec((await chat.locator('pre').textContent()) ?? '')?.[1] ?? '',
        ) as object;
        const answer = await fetch(`${server.url}/v1/chat/completions`, {
          method: 'POST',
          body: JSON.stringify({ ...body, max_tokens: 2 }),
        });
        expect(answer.status).toBe(200);
      },
      { path: '/docs' },
    );
  });
});
