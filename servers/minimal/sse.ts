// SSE over node:http: streams by GET, stops by POST.

import { createServer } from 'node:http';
import { readAfter, writeEventStream } from './event-stream.ts';
import type { Generations, MinimalServer, MinimalServerOptions } from './generations.ts';
import { serve } from './serve.ts';

export async function start(
  generations: Generations,
  options: MinimalServerOptions,
  port = 0,
): Promise<MinimalServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, id, action] = /^\/streams\/([\w-]+)(\/cancel)?$/.exec(url.pathname) ?? [];
    const after = readAfter(request.headers['last-event-id'], url);
    if (id !== undefined && action === undefined && request.method === 'GET') {
      void writeEventStream(response, generations.of(id, after), { ...options, after });
    } else if (id !== undefined && action !== undefined && request.method === 'POST') {
      generations.of(id, 0).cancel();
      response.writeHead(204).end();
    } else response.writeHead(404).end();
  });
  return await serve(server, port, () => {});
}
