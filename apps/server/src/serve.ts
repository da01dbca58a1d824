import { serve as listen, type ServerType } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import type { DoorApp } from './http/context';

/** Where the doors are. */
export interface ServeOptions {
  /** 127.0.0.1 when left out: this machine alone. */
  readonly host?: string;
  /** 8080 when left out; 0 for any that is free. */
  readonly port?: number;
}

/** Milliseconds for the headers of a request, and for its whole body. Threat: clients that send a byte now and then. */
const HEADERS_TIMEOUT = 20_000;
const BODY_TIMEOUT = 120_000;

/** A server that listens. */
export interface Listening {
  readonly url: string;
  /** Take no more connections, and wait until those that there are have had their answers. */
  close(): Promise<void>;
}

/** Let an app listen at a socket. @throws the error of the system, such as `EADDRINUSE`. */
export async function listenAt(app: DoorApp, options: ServeOptions = {}): Promise<Listening> {
  const { host: hostname = '127.0.0.1', port = 8080 } = options;
  const server = await new Promise<ServerType>((resolve, reject) => {
    const serverOptions = { headersTimeout: HEADERS_TIMEOUT, requestTimeout: BODY_TIMEOUT };
    const started = listen({ fetch: app.fetch, hostname, port, serverOptions }, () => resolve(started));
    started.once('error', reject);
  });
  const address = server.address() as AddressInfo;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      if ('closeIdleConnections' in server) server.closeIdleConnections();
    });
  return { url: `http://${host}:${address.port}`, close };
}
