// Writes one generation as an event stream, and takes stops as requests of their own.

import type { ServerResponse } from 'node:http';
import type { Generation, MinimalServerOptions } from './generations.ts';

const head = {
  'content-type': 'text/event-stream; charset=utf-8',
  // Neither kept nor compressed on the way, and not collected by nginx.
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

export async function writeEventStream(
  response: ServerResponse,
  generation: Generation,
  { after, heartbeatMs, retryMs }: MinimalServerOptions & { readonly after: number },
): Promise<void> {
  response.writeHead(200, head).flushHeaders();
  const write = async (text: string): Promise<void> => {
    // Called once the socket has taken it, or is closed: a slow reader holds back the next one.
    await new Promise((resolve) => response.write(text, resolve));
  };
  await write(`retry: ${Math.round(retryMs * (1 + Math.random()))}\n\n`);
  let last = after;
  while (!response.closed) {
    const { s, text, isLast } = await generation.next(last, heartbeatMs);
    last = s;
    await write(`id: ${s}\ndata: ${text}\n\n`);
    if (isLast) response.end();
    if (isLast) return;
  }
}

/** Number of the last token in `Last-Event-ID` or in the address; 0 where there is none. */
export function readAfter(field: string | string[] | undefined, url: URL): number {
  const after = Number(field ?? url.searchParams.get('after') ?? 0);
  return Number.isSafeInteger(after) && after > 0 ? after : 0;
}
