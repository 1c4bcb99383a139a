// The minimal programs of which the code is counted, and which clients each server is tried with.

import type { CodeProgram } from '../../contract/code-measure.ts';

export const clientPrograms = [
  {
    id: 'event-source-listening',
    title: 'EventSource of a page that only listens',
    transport: 'sse',
    runsIn: 'page',
    file: 'clients/minimal/event-source-listening.ts',
  },
  {
    id: 'websocket-listening',
    title: 'WebSocket of a page that only listens',
    transport: 'ws',
    runsIn: 'page',
    file: 'clients/minimal/websocket-listening.ts',
  },
  {
    id: 'event-source',
    title: 'EventSource of a page',
    transport: 'sse',
    runsIn: 'page',
    file: 'clients/minimal/event-source.ts',
  },
  {
    id: 'sse-parser',
    title: 'fetch and eventsource-parser',
    transport: 'sse',
    runsIn: 'both',
    file: 'clients/minimal/sse-parser.ts',
  },
  {
    id: 'sse',
    title: 'fetch and a parser of its own',
    transport: 'sse',
    runsIn: 'both',
    file: 'clients/minimal/sse.ts',
  },
  {
    id: 'sse-post-parser',
    title: 'POST by fetch and eventsource-parser',
    transport: 'sse-post',
    runsIn: 'both',
    file: 'clients/minimal/sse-post-parser.ts',
  },
  {
    id: 'sse-post',
    title: 'POST by fetch and a parser of its own',
    transport: 'sse-post',
    runsIn: 'both',
    file: 'clients/minimal/sse-post.ts',
  },
  {
    id: 'websocket',
    title: 'WebSocket of a page',
    transport: 'ws',
    runsIn: 'both',
    file: 'clients/minimal/websocket.ts',
  },
  {
    id: 'ws-library',
    title: 'ws',
    transport: 'ws',
    runsIn: 'node',
    file: 'clients/minimal/ws-library.ts',
  },
  {
    id: 'ws',
    title: 'frames of its own over node:http',
    transport: 'ws',
    runsIn: 'node',
    file: 'clients/minimal/ws.ts',
  },
] as const satisfies readonly CodeProgram[];

export const serverPrograms = [
  {
    id: 'sse',
    title: 'node:http',
    transport: 'sse',
    runsIn: 'node',
    file: 'servers/minimal/sse.ts',
  },
  {
    id: 'sse-post',
    title: 'node:http',
    transport: 'sse-post',
    runsIn: 'node',
    file: 'servers/minimal/sse-post.ts',
  },
  {
    id: 'ws-library',
    title: 'node:http and ws',
    transport: 'ws',
    runsIn: 'node',
    file: 'servers/minimal/ws-library.ts',
  },
  {
    id: 'ws',
    title: 'node:http and frames of its own',
    transport: 'ws',
    runsIn: 'node',
    file: 'servers/minimal/ws.ts',
  },
] as const satisfies readonly CodeProgram[];

export type ClientId = (typeof clientPrograms)[number]['id'];
export type ServerId = (typeof serverPrograms)[number]['id'];
