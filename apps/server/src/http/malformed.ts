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

const VERSION = 'HTTP/1.1 or HTTP/1.0, and CR LF at the ends of lines';
const LENGTH = 'one Content-Length of digits, and no Transfer-Encoding beside it';

/** What a client may have done wrong, by the codes of Node's parser (llhttp), with what is allowed. */
const faults = {
  HPE_INVALID_METHOD: ['the request begins with no method', 'GET, POST and so on, over http'],
  HPE_INVALID_URL: ['the target of the request is none', 'a path that begins with / and has no spaces'],
  HPE_INVALID_CONSTANT: ['no version of HTTP stands behind the target', VERSION],
  HPE_INVALID_VERSION: ['the version of HTTP cannot be read', VERSION],
  HPE_PAUSED_H2_UPGRADE: ['HTTP/2 is not spoken here', 'HTTP/1.1'],
  HPE_INVALID_HEADER_TOKEN: ['a header has a character that none may have', '"name: value" on one line'],
  HPE_CR_EXPECTED: ['a header does not end', 'CR LF'],
  HPE_LF_EXPECTED: ['a header does not end', 'CR LF'],
  HPE_INVALID_CONTENT_LENGTH: ['the Content-Length cannot be', LENGTH],
  HPE_UNEXPECTED_CONTENT_LENGTH: ['there are two Content-Lengths', LENGTH],
  HPE_INVALID_TRANSFER_ENCODING: [
    'the Transfer-Encoding cannot be',
    '"chunked" alone, and no Content-Length beside it',
  ],
  HPE_INVALID_CHUNK_SIZE: ['the size of a chunk is no number', 'digits of base 16'],
  HPE_STRICT: ['a chunk does not end where its size says', 'CR LF behind it'],
  HPE_INVALID_EOF_STATE: ['the request breaks off', 'as many bytes as its headers say'],
} as const satisfies Readonly<Record<string, readonly [what: string, allowed: string]>>;

/** What has a status of its own. */
const otherFaults: ReadonlyMap<string, readonly [status: HttpError['status'], message: string]> = new Map([
  ['HPE_HEADER_OVERFLOW', [431, `the headers are larger than ${maxHeaderSize} bytes`]],
  ['HPE_CHUNK_EXTENSIONS_OVERFLOW', [413, 'a chunk of the body has extensions that are too large']],
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'the request did not come in time']],
]);

/** What Node tells of bytes that are no request. */
interface ParserFault extends NodeJS.ErrnoException {
  /** The bytes in which it was found. */
  readonly rawPacket?: Uint8Array;
}

/** The first byte of a connection by TLS. */
const TLS_HANDSHAKE = 0x16;

/** What is said of bytes that are no request. */
function faultOfBytes({ code = '', rawPacket }: ParserFault): HttpError {
  const other = otherFaults.get(code);
  if (other !== undefined) return malformed(...other);
  if (code === 'HPE_INVALID_METHOD' && rawPacket?.[0] === TLS_HANDSHAKE) {
    return malformed(400, 'the bytes are of TLS: found https, allowed http');
  }
  const told = Object.entries(faults).find(([one]) => one === code)?.[1];
  if (told === undefined) return malformed(400, `the bytes are no HTTP request (${code})`);
  const [what, allowed] = told;
  return malformed(400, `${what}: allowed ${allowed}`);
}

/** Tell clients whose bytes are no request what is wrong, before they are cut off: Node says nothing but a status. */
export function refuseMalformed(server: Server): void {
  const answers = new WeakMap<Duplex, ServerResponse>();
  server.prependListener('request', (_, response) => {
    if (response.socket !== null) answers.set(response.socket, response);
  });
  server.on('clientError', (error: ParserFault, socket) => {
    const answer = answers.get(socket);
    const isAnswering = answer?.headersSent === true && !answer.writableFinished;
    // Within an answer there is no place for another.
    if (!socket.writable || isAnswering) socket.destroy(error);
    else socket.end(responseText(faultOfBytes(error)), () => socket.destroy());
  });
}

/** Whether a request names a host, as HTTP/1.1 asks for; HTTP/1.0 does not, and programs that look whether a server lives use it. */
export function hasHost({ httpVersion, headers }: IncomingMessage): boolean {
  return headers.host !== undefined || httpVersion === '1.0';
}

/** What is said to a request that has no host and should. */
export function refuseWithoutHost(response: ServerResponse): void {
  refuse(response, 400, 'Host: found nothing, allowed the name of the server');
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
