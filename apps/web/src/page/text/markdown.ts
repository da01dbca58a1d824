import { lexer, type MarkedToken, type Token } from 'marked';

/** Text in a line. */
export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis' | 'deleted'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'link'; readonly address: string; readonly inlines: readonly Inline[] }
  | { readonly kind: 'break' };

/** Where the text of a table's column stands. */
export type Alignment = 'left' | 'center' | 'right' | undefined;

/** One entry of a list. */
export interface ListItem {
  /** Whether it is done, for an entry with a box. */
  readonly isChecked: boolean | undefined;
  readonly blocks: readonly Block[];
}

/** A part of a text that begins a line. */
export type Block =
  | { readonly kind: 'paragraph' | 'line'; readonly inlines: readonly Inline[] }
  | { readonly kind: 'heading'; readonly level: number; readonly inlines: readonly Inline[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly start: number | undefined; readonly items: readonly ListItem[] }
  | {
      readonly kind: 'table';
      readonly alignments: readonly Alignment[];
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    }
  | { readonly kind: 'rule' };

/**
 * Markdown as plain data. Whoever shows it makes its elements one by one: HTML in the text stays text, pictures are links, and links lead
 * to the web or to a mailbox, so nothing that a model writes runs or is loaded.
 */
export function parseMarkdown(text: string): readonly Block[] {
  return blocksOf(lexer(text, { gfm: true, breaks: true }));
}

/** All tokens are of marked itself: it is used without extensions. */
function blocksOf(tokens: readonly Token[] = []): readonly Block[] {
  return tokens.flatMap((token) => blockOf(token as MarkedToken) ?? []);
}

function blockOf(token: MarkedToken): Block | undefined {
  switch (token.type) {
    case 'paragraph':
      return { kind: 'paragraph', inlines: inlinesOf(token.tokens) };
    case 'text':
      return { kind: 'line', inlines: 'tokens' in token ? inlinesOf(token.tokens) : textOf(token.text) };
    case 'html':
      return { kind: 'paragraph', inlines: htmlOf(token.text) };
    case 'heading':
      return { kind: 'heading', level: token.depth, inlines: inlinesOf(token.tokens) };
    case 'code':
      return { kind: 'code', language: token.lang?.split(/\s/)[0] ?? '', text: token.text };
    case 'blockquote':
      return { kind: 'quote', blocks: blocksOf(token.tokens) };
    case 'list':
      return {
        kind: 'list',
        start: typeof token.start === 'number' ? token.start : undefined,
        items: token.items.map(({ task, checked, tokens }) => ({
          isChecked: task ? checked === true : undefined,
          blocks: blocksOf(tokens),
        })),
      };
    case 'table':
      return {
        kind: 'table',
        alignments: token.align.map((alignment) => alignment ?? undefined),
        head: token.header.map(({ tokens }) => inlinesOf(tokens)),
        rows: token.rows.map((row) => row.map(({ tokens }) => inlinesOf(tokens))),
      };
    case 'hr':
      return { kind: 'rule' };
    default:
      return undefined;
  }
}

function inlinesOf(tokens: readonly Token[] = []): readonly Inline[] {
  return tokens.flatMap((token) => inlineOf(token as MarkedToken));
}

function inlineOf(token: MarkedToken): readonly Inline[] {
  switch (token.type) {
    case 'text':
      return 'tokens' in token ? inlinesOf(token.tokens) : textOf(token.text);
    case 'escape':
      return [{ kind: 'text', text: token.text }];
    case 'html':
      return htmlOf(token.text);
    case 'codespan':
      return [{ kind: 'code', text: token.text }];
    case 'strong':
      return [{ kind: 'strong', inlines: inlinesOf(token.tokens) }];
    case 'em':
      return [{ kind: 'emphasis', inlines: inlinesOf(token.tokens) }];
    case 'del':
      return [{ kind: 'deleted', inlines: inlinesOf(token.tokens) }];
    case 'br':
      return [{ kind: 'break' }];
    case 'link':
      return linkOf(token.href, inlinesOf(token.tokens));
    case 'image':
      return linkOf(token.href, textOf(token.text === '' ? token.href : token.text));
    default:
      return [];
  }
}

const safeProtocols: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** A link to the web or to a mailbox; of any other, its text. */
function linkOf(address: string, inlines: readonly Inline[]): readonly Inline[] {
  const isSafe = URL.canParse(address) && safeProtocols.has(new URL(address).protocol);
  return isSafe ? [{ kind: 'link', address, inlines }] : inlines;
}

/** HTML stays what was written, but for the line break, which models write into tables. */
function htmlOf(text: string): readonly Inline[] {
  return /^<br\s*\/?>$/i.test(text) ? [{ kind: 'break' }] : [{ kind: 'text', text }];
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

/** Markdown writes some characters as HTML does. */
function textOf(text: string): readonly Inline[] {
  const decoded = text.replace(/&(?:#(\d{1,6})|(\w+));/g, (written, code?: string, name = '') =>
    code === undefined ? (entities[String(name)] ?? written) : String.fromCodePoint(Number(code)),
  );
  return [{ kind: 'text', text: decoded }];
}
