import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the page, ready to be sent. */
export interface PageFile {
  /** From `/`, such as `/assets/index-BxU2.js`; the document itself is `/`. */
  readonly path: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its name changes with what is in it: it may be kept for ever. */
  readonly isImmutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** All files of the page. They are few and small: a server reads them once, and no request reaches the file system. */
export function pageFiles(): readonly PageFile[] {
  const folder = new URL('./page/', import.meta.url);
  return readdirSync(fileURLToPath(folder), { recursive: true, encoding: 'utf8' }).flatMap((name) => {
    const type = types[extname(name)];
    if (type === undefined) return [];
    const path = `/${name.replaceAll('\\', '/')}`;
    return {
      path: path === '/index.html' ? '/' : path,
      type,
      bytes: new Uint8Array(readFileSync(new URL(`.${path}`, folder))),
      isImmutable: path.startsWith('/assets/'),
    };
  });
}
