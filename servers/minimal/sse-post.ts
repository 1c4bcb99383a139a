// SSE after a POST over node:http: the body has the prompt and the client's id of the stream, so
// that the same request again goes on with the same generation.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readAfter, writeEventStream } from './event-stream.ts';
import type { Generations, MinimalServer, MinimalServerOptions } from './generations.ts';
import { serve } from './serve.ts';

const MOST_BODY_BYTES = 1 << 20;

export async function start(
  generations: Generations,
  options: MinimalServerOptions,
  port = 0,
): Promise<MinimalServer> {
  const begin = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    if (body === undefined) {
      response.writeHead(400).end();
      return;
    }
    const after = readAfter(request.headers['last-event-id'], new URL('http://localhost'));
    const generation = generations.of(body.id, after, body.prompt);
    await writeEventStream(response, generation, { ...options, after });
  };
  const server = createServer((request, response) => {
    const [, id] = /^\/streams\/([\w-]+)\/cancel$/.exec(request.url ?? '') ?? [];
    if (request.method === 'POST' && request.url === '/streams') void begin(request, response);
    else if (request.method === 'POST' && id !== undefined) {
      generations.of(id, 0).cancel();
      response.writeHead(204).end();
    } else response.writeHead(404).end();
  });
  return await serve(server, port, () => {});
}

interface Asked {
  readonly id: string;
  readonly prompt: string;
}

/** Undefined for a body that is none. */
async function readBody(request: IncomingMessage): Promise<Asked | undefined> {
  let text = '';
  try {
    for await (const bytes of request.setEncoding('utf8')) {
      text += String(bytes);
      if (text.length > MOST_BODY_BYTES) return undefined;
    }
    const { id, prompt } = JSON.parse(text) as Partial<Asked>;
    return typeof id === 'string' && typeof prompt === 'string' ? { id, prompt } : undefined;
  } catch {
    return undefined;
  }
}
