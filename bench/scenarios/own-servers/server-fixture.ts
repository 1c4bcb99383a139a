// A server for the tests of targets, written with node:http and ws alone: the same tokens as chunks
// of a chat completion in an event stream, and as events of a response over WebSocket. Its query
// says what goes wrong: `?n=10&gapMs=5&fault=cut`.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';

interface Order {
  readonly tokens: number;
  readonly gapMs: number;
  readonly fault: string | null;
}

function orderOf(url: string | undefined): Order {
  const { searchParams } = new URL(url ?? '/', 'http://localhost');
  return {
    tokens: Number(searchParams.get('n') ?? 10),
    gapMs: Number(searchParams.get('gapMs') ?? 2),
    fault: searchParams.get('fault'),
  };
}

const word = (index: number): string => ` word${index}`;

async function streamChat(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { tokens, gapMs, fault } = orderOf(request.url);
  request.resume();
  if (fault === 'unauthorised') {
    const key = request.headers.authorization ?? '';
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `bad key ${key}\u001B[31m` } }));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = (choices: unknown, more: object = {}): void =>
    void response.write(
      `data: ${JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', choices, ...more })}\n\n`,
    );
  const delta = (content: object, reason: string | null = null): void =>
    chunk([{ index: 0, delta: content, finish_reason: reason }]);
  delta({ role: 'assistant', content: '' });
  for (let index = 0; index < tokens; index++) {
    await setTimeout(gapMs);
    delta({ content: word(index) });
    if (fault === 'cut' && index === Math.floor(tokens / 2)) {
      response.destroy();
      return;
    }
  }
  delta({}, 'stop');
  chunk([], { usage: { prompt_tokens: 5, completion_tokens: tokens, total_tokens: tokens + 5 } });
  response.end('data: [DONE]\n\n');
}

async function streamResponse(socket: WebSocket, { tokens, gapMs }: Order): Promise<void> {
  let number = 0;
  const send = (type: string, more: object): void =>
    socket.send(JSON.stringify({ type, sequence_number: number++, ...more }));
  const part = { item_id: 'm1', output_index: 0, content_index: 0 };
  const text = Array.from({ length: tokens }, (_, index) => word(index)).join('');
  send('response.created', { response: { id: 'r1', status: 'in_progress' } });
  for (let index = 0; index < tokens; index++) {
    await setTimeout(gapMs);
    send('response.output_text.delta', { ...part, delta: word(index) });
  }
  send('response.output_text.done', { ...part, text });
  const usage = { input_tokens: 5, output_tokens: tokens, total_tokens: tokens + 5 };
  send('response.completed', { response: { id: 'r1', status: 'completed', usage } });
}

/** @param port 0 lets the kernel choose. */
export async function startServerFixture(port = 0): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((request, response) => {
    if (request.url === '/healthz') response.end('ok');
    else void streamChat(request, response);
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) =>
    socket.once('message', () => void streamResponse(socket, orderOf(request.url))),
  );
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

if (import.meta.main) await startServerFixture(Number(process.env['PORT'] ?? 0));
