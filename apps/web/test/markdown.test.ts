import { describe, expect, it } from 'vitest';
import { parseMarkdown, type Block } from '../src/page/text/markdown';

/** Every link in a text, at any depth. */
function addresses(text: string): readonly string[] {
  return [...JSON.stringify(parseMarkdown(text)).matchAll(/"address":"([^"]*)"/g)].map(
    ([, found]) => found ?? '',
  );
}

describe('Markdown', () => {
  it('is plain data', () => {
    const blocks = parseMarkdown(
      '## A **b**\n\n1. one\n2. two\n\n```ts x\ncode\n```\n\n| a |\n|--:|\n| `b` |',
    );
    expect(blocks).toEqual<readonly Block[]>([
      {
        kind: 'heading',
        level: 2,
        inlines: [
          { kind: 'text', text: 'A ' },
          { kind: 'strong', inlines: [{ kind: 'text', text: 'b' }] },
        ],
      },
      {
        kind: 'list',
        start: 1,
        items: ['one', 'two'].map((text) => ({
          isChecked: undefined,
          blocks: [{ kind: 'line', inlines: [{ kind: 'text', text }] }],
        })),
      },
      { kind: 'code', language: 'ts', text: 'code' },
      {
        kind: 'table',
        alignments: ['right'],
        head: [[{ kind: 'text', text: 'a' }]],
        rows: [[[{ kind: 'code', text: 'b' }]]],
      },
    ]);
  });

  it('keeps HTML as text', () => {
    const [block] = parseMarkdown('<img src=x onerror=alert(1)>');
    expect(block).toEqual({
      kind: 'paragraph',
      inlines: [{ kind: 'text', text: '<img src=x onerror=alert(1)>' }],
    });
    expect(parseMarkdown('a <b>c</b> &lt;d&gt; &#65; &unknown;')).toEqual([
      {
        kind: 'paragraph',
        inlines: [
          { kind: 'text', text: 'a ' },
          { kind: 'text', text: '<b>' },
          { kind: 'text', text: 'c' },
          { kind: 'text', text: '</b>' },
          { kind: 'text', text: ' <d> A &unknown;' },
        ],
      },
    ]);
  });

  it('leads to the web and to mailboxes, and nowhere else', () => {
    expect(
      addresses(
        '[a](https://a.org) <mailto:b@b.org> [c](javascript:alert(1)) [d](/d) [e](data:text/html,e) [f][1]\n\n[1]: vbscript:f',
      ),
    ).toEqual(['https://a.org', 'mailto:b@b.org']);
  });

  it('makes a link of a picture: nothing is loaded', () => {
    expect(parseMarkdown('![a cat](https://a.org/cat.png)')).toEqual([
      {
        kind: 'paragraph',
        inlines: [
          { kind: 'link', address: 'https://a.org/cat.png', inlines: [{ kind: 'text', text: 'a cat' }] },
        ],
      },
    ]);
  });

  it('shows a code block that is not at its end yet', () => {
    expect(parseMarkdown('```py\nprint(')).toEqual([{ kind: 'code', language: 'py', text: 'print(' }]);
  });

  it('takes whatever a model writes, wherever it is cut', () => {
    const text = '> - **a `b\n\n```\n| c |\n|--|\n<d e="\n[f](g "h\n&#1114112; &#x41;';
    for (let end = 0; end <= text.length; end++)
      expect(() => parseMarkdown(text.slice(0, end))).not.toThrow();
  });
});
