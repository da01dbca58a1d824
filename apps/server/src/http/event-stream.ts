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
}

/** A response whose body is written while it comes. A client that reads slowly is waited for. */
export function streamResponse(
  chunks: AsyncGenerator<string, void, undefined>,
  { type, abort }: StreamOptions,
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      abort();
      await chunks.return(undefined);
    },
  });
  // Proxies that would hold the stream back until it ends are told not to.
  const headers = { 'content-type': type, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };
  return new Response(body, { headers });
}
