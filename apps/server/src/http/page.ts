import { pageFiles, type PageFile } from '@halftone/web';
import type { Context } from 'hono';
import type { DoorApp } from './context';

/** The page loads what is its own, asks its own server, and runs nothing that a model writes. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ');

const YEAR = 365 * 24 * 60 * 60;

/** Show the page, and tell its paths. Its files are read now: no request reaches the file system. */
export function showPage(app: DoorApp): readonly string[] {
  const shown: string[] = [];
  for (const file of pageFiles()) {
    // One document shows both: the chat at `/`, and the reference at `/docs`.
    const paths = file.path === '/' ? ['/', '/docs'] : [file.path];
    for (const path of paths) app.get(path, (context) => fileResponse(file, context));
    shown.push(...paths);
  }
  return shown;
}

function fileResponse({ type, bytes, isImmutable }: PageFile, context: Context): Response {
  return context.body(bytes, 200, {
    'content-type': type,
    'cache-control': isImmutable ? `public, max-age=${YEAR}, immutable` : 'no-cache',
    'content-security-policy': POLICY,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
}
