import { getRequestListener } from '@hono/node-server';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DoorApp } from './http/context';
import {
  hasHost,
  refuseExpectation,
  refuseMalformed,
  refuseWithoutHost,
  requestFault,
} from './http/malformed';

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

/** Milliseconds for clients to take their answers, or to send what is missing of a request, from a server that ends. */
const LEAVE_TIME = 5000;

/** A server that listens. */
export interface Listening {
  readonly url: string;
  /**
   * Take no more connections, close those on which nothing is asked, and wait until the others have had their answers.
   *
   * @param work - what answers them, such as `engine.close()`: when it is done, clients have 5 seconds more, and are cut off then.
   */
  close(work?: Promise<unknown>): Promise<void>;
}

/** Let an app listen at a socket. @throws the error of the system, such as `EADDRINUSE`. */
export async function listenAt(app: DoorApp, options: ServeOptions = {}): Promise<Listening> {
  const { host: hostname = '127.0.0.1', port = 8080 } = options;
  const answer = getRequestListener(app.fetch, { hostname, errorHandler: requestFault });
  const server = createServer(
    { headersTimeout: HEADERS_TIMEOUT, requestTimeout: BODY_TIMEOUT, requireHostHeader: false },
    (request, response) => {
      if (hasHost(request)) void answer(request, response);
      else refuseWithoutHost(response);
    },
  );
  refuseMalformed(server);
  server.on('checkExpectation', refuseExpectation);
  server.listen(port, hostname);
  await once(server, 'listening');
  server.prependListener('request', (_, response) => leaveAfter(server, response));
  const address = server.address() as AddressInfo;
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${host}:${address.port}`, close: (work) => closeServer(server, work) };
}

/** The connection of an answer does not outlive a server that ends meanwhile. */
function leaveAfter(server: Server, response: ServerResponse): void {
  if (!server.listening) response.shouldKeepAlive = false;
  response.once('finish', () => {
    if (!server.listening) setImmediate(() => server.closeIdleConnections());
  });
}

async function closeServer(server: Server, work: Promise<unknown> = Promise.resolve()): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const done = work.catch(() => undefined);
  const cutOff = done.then(() => setTimeout(() => server.closeAllConnections(), LEAVE_TIME));
  await closed;
  clearTimeout(await cutOff);
  await work;
}
