import type { DoorContext } from './context';
import { clientGone, faultOf, type HttpError } from './errors';

/** One message of a stream of server-sent events. */
export function sseMessage(data: unknown, event?: string): string {
  const name = event === undefined ? '' : `event: ${event}\n`;
  return `${name}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

/** How a stream is sent. */
export interface StreamOptions {
  readonly type: 'text/event-stream' | 'application/x-ndjson';
  /** Told when the client goes away. */
  readonly abort: () => void;
  /** What ends the stream where something has failed. */
  readonly failed: (error: HttpError) => string;
}

/** A response whose body is written while it comes. A client that reads slowly is waited for. */
export function streamResponse(
  context: DoorContext,
  chunks: AsyncGenerator<string, void, undefined>,
  { type, abort, failed }: StreamOptions,
): Response {
  const encoder = new TextEncoder();
  const { gone } = context.var;
  let end: (error: HttpError | undefined) => void = () => undefined;
  context.set('streamed', new Promise((resolve) => (end = resolve)));
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await chunks.next();
        if (next.done !== true) {
          controller.enqueue(encoder.encode(next.value));
          return;
        }
        end(undefined);
      } catch (cause) {
        const error = faultOf(cause, context.var);
        end(error);
        if (!gone.aborted) controller.enqueue(encoder.encode(failed(error)));
      }
      controller.close();
    },
    async cancel() {
      end(clientGone());
      abort();
      await chunks.return(undefined);
    },
  });
  // Proxies that would hold the stream back until it ends are told not to.
  const headers = { 'content-type': type, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };
  return new Response(body, { headers });
}
