// Test fixture: both twins of a demo in this process, and receivers that record what came and when.

import { fileURLToPath } from 'node:url';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { WebSocket } from 'ws';
import type { DemoPorts } from '../../bench/contract/demo.ts';
import type { Workload } from '../../bench/contract/workload.ts';
import { listenFastify } from '../listen.ts';
import { fastWorkload } from '../twin-fixture.ts';
import { createDemoParts, type DemoParts } from './demo-parts.ts';
import { buildDemoTwin } from './demo-twin.ts';
import { readPageFiles } from './page.ts';

const quickWorkloads: readonly [Workload, Workload] = [
  { ...fastWorkload, name: 'quick' },
  {
    ...fastWorkload,
    name: 'jerky',
    gaps: { kind: 'lognormal', sigma: 0.5 },
    segments: ['prose-de'],
  },
];

interface TestDemo extends AsyncDisposable {
  readonly ports: DemoPorts;
  readonly sse: DemoParts;
  readonly ws: DemoParts;
  readonly close: () => Promise<void>;
}

/** Starts a demo with the workloads `quick` and `jerky`, of different texts. */
export async function startTestDemo(
  pageFolder = fileURLToPath(new URL('page', import.meta.url)),
): Promise<TestDemo> {
  const parts = { sse: createDemoParts(quickWorkloads), ws: createDemoParts(quickWorkloads) };
  let known: DemoPorts | undefined;
  const options = { page: readPageFiles(pageFolder), ports: () => known };
  const address = { host: '127.0.0.1', port: 0 };
  const sse = await listenFastify(buildDemoTwin('sse', parts.sse, options), address);
  const ws = await listenFastify(buildDemoTwin('ws', parts.ws, options), address);
  const ports = { sse: sse.port, ws: ws.port };
  known = ports;
  const close = async (): Promise<void> => void (await Promise.all([sse.close(), ws.close()]));
  return { ...parts, ports, close, [Symbol.asyncDispose]: close };
}

/** Everything that a receiver was sent so far. */
interface Heard {
  /** Messages without a name: tokens, or the article's. */
  readonly texts: string[];
  readonly arrivedMs: number[];
  /**
   * Ids of all events, named ones too; over WebSocket the epoch that the first message announced.
   */
  readonly ids: string[];
  /** Names of the other messages. */
  readonly named: string[];
  /** Status of the response; undefined before it. */
  readonly status: () => number | undefined;
  /**
   * `whole` when the server ended it, `cut` when the connection was lost; a WebSocket's close code.
   */
  readonly end: Promise<'whole' | 'cut' | number>;
}

/** Receives events over HTTP, with any method. */
export function hearEvents(url: string, init: RequestInit = {}): Heard {
  const noted = nothing();
  const onEvent = ({ id, event, data }: EventSourceMessage): void => {
    if (id !== undefined) noted.ids.push(id);
    note(noted, event, data);
  };
  let status: number | undefined;
  const read = async (): Promise<'whole' | 'cut'> => {
    const parser = createParser({ onEvent });
    const decoder = new TextDecoder();
    try {
      const response = await fetch(url, init);
      status = response.status;
      for await (const bytes of response.body ?? [])
        parser.feed(decoder.decode(bytes, { stream: true }));
      return 'whole';
    } catch {
      return 'cut';
    }
  };
  return { ...noted, status: () => status, end: read() };
}

type Noted = Record<'texts' | 'ids' | 'named', string[]> & { arrivedMs: number[] };

function nothing(): Noted {
  return { texts: [], ids: [], named: [], arrivedMs: [] };
}

function note({ texts, arrivedMs, named }: Noted, name: string | undefined, text: string): void {
  if (name === undefined) {
    texts.push(text);
    arrivedMs.push(performance.now());
  } else named.push(name);
}

/** @param first Message that is sent as soon as the connection is open. */
export function hearMessages(url: string, first?: string): Heard {
  const noted = nothing();
  const webSocket = new WebSocket(url, { perMessageDeflate: false });
  let status: number | undefined;
  webSocket.on('upgrade', ({ statusCode }) => (status = statusCode));
  webSocket.on('unexpected-response', (_request, { statusCode }) => {
    status = statusCode;
    webSocket.terminate();
  });
  webSocket.on('open', () => first !== undefined && webSocket.send(first));
  webSocket.on('message', (bytes: Buffer) => {
    const text = bytes.toString();
    const type = /^\{"type":"([^"]*)"/.exec(text)?.[1];
    if (type === 'open') noted.ids.push((JSON.parse(text) as { epoch: string }).epoch);
    note(noted, type, text);
  });
  webSocket.on('error', () => {});
  const end = new Promise<number>((resolve) => void webSocket.on('close', resolve));
  return { ...noted, status: () => status, end };
}

export async function post(url: string, body?: object): Promise<{ status: number; body: unknown }> {
  const json =
    body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(url, { method: 'POST', ...json });
  return { status: response.status, body: await response.json() };
}
