import {
  maxHeaderSize,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { HttpError } from './errors';
import { openAiError } from './openai/error-body';

/** What is wrong with bytes that are no request, by the codes of Node. */
const faults: ReadonlyMap<string, readonly [status: HttpError['status'], message: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, `the headers are larger than ${maxHeaderSize} bytes`]],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'a chunk of the body has extensions that are too large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'the request did not come in time']],
]);

const NO_REQUEST = [400, 'the bytes are no HTTP request'] as const;

/** Tell clients whose bytes are no request what is wrong, before they are cut off: Node says nothing but a status. */
export function refuseMalformed(server: Server): void {
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.prependListener('request', (_, response) => {
    if (response.socket !== null) answers.set(response.socket, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const answer = answers.get(socket);
    const isAnswering = answer?.headersSent === true && !answer.writableFinished;
    const [status, message] = faults.get(error.code ?? '') ?? NO_REQUEST;
    // Within an answer there is no place for another.
    if (!socket.writable || isAnswering) socket.destroy(error);
    else socket.end(responseText(malformed(status, message)), () => socket.destroy());
  });
}

/** Whether a request names a host, as HTTP/1.1 asks for; HTTP/1.0 does not, and programs that look whether a server lives use it. */
export function hasHost({ httpVersion, headers }: IncomingMessage): boolean {
  return headers.host !== undefined || httpVersion === '1.0';
}

/** What is said to a request that has no host and should. */
export function refuseWithoutHost(response: ServerResponse): void {
  refuse(response, 400, 'there is no Host header');
}

/** What is said to a request that expects what no server does. */
export function refuseExpectation({ headers }: IncomingMessage, response: ServerResponse): void {
  refuse(response, 417, `Expect: found ${JSON.stringify(headers.expect)}, allowed "100-continue"`);
}

function refuse(response: ServerResponse, status: HttpError['status'], message: string): void {
  const body = JSON.stringify(openAiError(malformed(status, message)));
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

/** The answer to a request that Node has read, and that is none all the same, such as one with a host that cannot be. */
export function requestFault(error: unknown): Response {
  const what = error instanceof Error ? error.message : String(error);
  const fault = malformed(400, `the request cannot be understood: ${what}`);
  return Response.json(openAiError(fault), { status: 400 });
}

function malformed(status: HttpError['status'], message: string): HttpError {
  return new HttpError(status, message, { code: 'malformed_request' });
}

/** No path is known whose API would have a form of its own: OpenAI's it is. */
function responseText(error: HttpError): string {
  const body = JSON.stringify(openAiError(error));
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
