// The streamable HTTP transport of MCP, as its SDKs stream the answer to a POST.

import type { WireEvent } from '../dialect.ts';
import { whole, type DialectVector } from './dialect-vector.ts';

const progress =
  '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1,"message":"Half"}}';
const log =
  '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":{"rows":2}}}';
const result =
  '{"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"Hello"},{"type":"text","text":" wörld"}],"isError":false}}';
const error = '{"jsonrpc":"2.0","id":2,"error":{"code":-32603,"message":"Internal error"}}';
const pinged = '{"jsonrpc":"2.0","id":"s1","method":"ping"}';

const event = (id: string, data: string): WireEvent => ({ name: 'message', id, data });
const write = (...events: readonly WireEvent[]): string =>
  events.map(({ id, data }) => `event: message\nid: ${id}\ndata: ${data}\n\n`).join('');

const content = { content: ['Hello', ' wörld'] } as const;

export const mcpVectors: readonly DialectVector[] = [
  {
    name: 'priming',
    what: 'MCP 2025-11-25: a first event with an id and no data, from which to resume',
    framing: 'event-stream',
    wire: `id: a_0\nretry: 1000\ndata: \n\n${write(event('a_1', progress), event('a_2', log), event('a_3', result))}`,
    events: [
      { id: 'a_0', data: '' },
      event('a_1', progress),
      event('a_2', log),
      event('a_3', result),
    ],
    retryMs: 1000,
    tokens: { tool: ['Half', '{"rows":2}'], ...content },
    finishes: ['result'],
    judged: whole(2),
  },
  {
    name: 'keepalive',
    what: 'MCP: a comment as a sign of life, and a ping of the server as a request',
    framing: 'event-stream',
    wire: `: keepalive\n\n${write(event('1', pinged), event('2', result))}`,
    events: [event('1', pinged), event('2', result)],
    comments: ['keepalive'],
    tokens: content,
    finishes: ['result'],
    pings: 1,
    judged: whole(2),
  },
  {
    name: 'batch',
    what: 'MCP up to 2025-03-26: messages in one array',
    framing: 'event-stream',
    wire: `data: [${progress},${result}]\n\n`,
    events: [`[${progress},${result}]`],
    tokens: { tool: ['Half'], ...content },
    finishes: ['result'],
    judged: whole(2),
  },
  {
    name: 'error-after-200',
    what: 'MCP: the request failed, which is an answer',
    framing: 'event-stream',
    wire: write(event('1', progress), event('2', error)),
    events: [event('1', progress), event('2', error)],
    tokens: { tool: ['Half'] },
    finishes: ['error'],
    errors: ['-32603: Internal error'],
    judged: { reached: 1, checkable: 2, causes: ['error'] },
  },
  {
    name: 'disconnected',
    what: 'MCP: a server that closed before it answered, to be resumed by the last id',
    framing: 'event-stream',
    wire: `id: a_0\ndata: \n\n${write(event('a_1', progress))}`,
    events: [{ id: 'a_0', data: '' }, event('a_1', progress)],
    tokens: { tool: ['Half'] },
    judged: { reached: 1, checkable: 2, causes: ['no-finish'] },
  },
];
