// Streams words as a language model streams tokens, on node:http and ws alone: chunks of a chat
// completion as an event stream, events of a response over WebSocket.

import { on } from 'node:events';
import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { WebSocketServer } from 'ws';

const HOST = '127.0.0.1';
const port = Number(process.env.PORT ?? 8080);
const MAX_BODY_CHARACTERS = 1024 * 1024;

// The same 64 words in the same order as in the other stacks.
const words = `
  water river stone light wind forest cloud morning
  evening winter summer garden bridge window letter music
  silver golden quiet slow early small bright deep
  runs falls turns waits opens carries follows remembers
  and then under over between beside until without
  the a its every one another some this
  café naïve über señor Ærø Łódź Ελλάδα река 水 川 光 風 🌊 🌲 ten end
`
  .trim()
  .split(/\s+/);

class BadRequest extends Error {}

function orderOf({ url }) {
  const { searchParams } = new URL(url, `http://${HOST}`);
  const read = (name, usual, { low, high, isWhole = true }) => {
    const text = searchParams.get(name) ?? usual;
    const value = Number(text);
    if (value >= low && value <= high && (!isWhole || Number.isInteger(value))) return value;
    throw new BadRequest(`${name}: expected a number from ${low} to ${high}`);
  };
  return {
    n: read('n', '150', { low: 1, high: 100_000 }),
    rate: read('rate', '50', { low: 0.1, high: 10_000, isWhole: false }),
    seed: read('seed', '1', { low: 1, high: 0xffff_ffff }),
  };
}

/** Each is due at start + index / rate, so that a late one delays no other. */
async function* pacedTokens({ n, rate, seed }) {
  const startMs = performance.now();
  // xorshift32 (Marsaglia 2003); 0 would stay 0.
  let state = seed | 0;
  for (let index = 0; index < n; index++) {
    const leftMs = startMs + (index * 1000) / rate - performance.now();
    // Timers count whole milliseconds: rounded down, a token would come before it is due.
    if (leftMs > 0) await setTimeout(Math.ceil(leftMs));
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const id = state & 63;
    yield { id, text: index === 0 ? words[id] : ` ${words[id]}` };
  }
}

const sseEvent = (data) => `data: ${data}\n\n`;

async function* chatEvents(order) {
  // A constant time of creation keeps the bytes the same in all stacks and runs.
  const head = {
    id: `chatcmpl-${order.seed}`,
    object: 'chat.completion.chunk',
    created: 0,
    model: 'words',
  };
  const choice = (delta, reason, more) =>
    sseEvent(
      JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: reason, ...more }] }),
    );
  yield choice({ role: 'assistant', content: '' }, null);
  for await (const { id, text } of pacedTokens(order))
    yield choice({ content: text }, null, { token_ids: [id] });
  yield choice({}, 'stop');
  const usage = { prompt_tokens: 0, completion_tokens: order.n, total_tokens: order.n };
  yield sseEvent(JSON.stringify({ ...head, choices: [], usage }));
  yield sseEvent('[DONE]');
}

async function* responseEvents(order) {
  let number = 0;
  const event = (type, more) => JSON.stringify({ type, sequence_number: number++, ...more });
  const response = { id: `resp_${order.seed}`, object: 'response', model: 'words' };
  const part = { item_id: `msg_${order.seed}`, output_index: 0, content_index: 0 };
  yield event('response.created', { response: { ...response, status: 'in_progress' } });
  let whole = '';
  for await (const { text } of pacedTokens(order)) {
    whole += text;
    yield event('response.output_text.delta', { ...part, delta: text });
  }
  yield event('response.output_text.done', { ...part, text: whole });
  const usage = { input_tokens: 0, output_tokens: order.n, total_tokens: order.n };
  yield event('response.completed', { response: { ...response, status: 'completed', usage } });
}

async function readJson(request) {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > MAX_BODY_CHARACTERS) throw new BadRequest('the body is too long');
  }
  return parseJson(text);
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest('expected JSON');
  }
}

async function streamChat(request, response) {
  const order = orderOf(request);
  const body = await readJson(request);
  if (body?.stream !== true) throw new BadRequest('stream: expected true');
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
  });
  // Waits where the client reads too slowly, and ends the generator where it has left.
  await pipeline(chatEvents(order), response);
}

async function answerMessages(socket, order) {
  for await (const [data] of on(socket, 'message', { close: ['close'], highWaterMark: 1 })) {
    const send = (text) =>
      new Promise((resolve, reject) =>
        socket.send(text, (error) => (error ? reject(error) : resolve())),
      );
    if (typeOf(data) === 'response.create') {
      for await (const event of responseEvents(order)) await send(event);
    } else {
      const error = {
        code: 'invalid_request_error',
        message: 'expected a message of type response.create',
      };
      await send(JSON.stringify({ type: 'error', status: 400, error }));
    }
  }
}

function typeOf(data) {
  try {
    return JSON.parse(data)?.type;
  } catch {
    return undefined;
  }
}

function answerJson(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const server = createServer((request, response) => {
  const [path] = request.url.split('?');
  if (request.method === 'GET' && path === '/healthz') {
    answerJson(response, 200, { status: 'ok' });
  } else if (request.method === 'POST' && path === '/v1/chat/completions') {
    streamChat(request, response).catch((error) => {
      if (response.headersSent || !(error instanceof BadRequest)) response.destroy();
      else answerJson(response, 400, { error: { message: error.message } });
    });
  } else {
    answerJson(response, 404, { error: { message: `there is no ${request.method} ${path}` } });
  }
});

const sockets = new WebSocketServer({
  server,
  path: '/v1/responses',
  maxPayload: MAX_BODY_CHARACTERS,
  verifyClient: ({ req }, decide) => {
    try {
      orderOf(req);
      decide(true);
    } catch (error) {
      decide(false, 400, error.message);
    }
  },
});
sockets.on('connection', (socket, request) => {
  answerMessages(socket, orderOf(request)).catch(() => socket.terminate());
});

server.listen(port, HOST);
