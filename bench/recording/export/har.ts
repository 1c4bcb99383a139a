// HAR 1.2 (the W3C draft of 2012) with the messages of WebSockets and of event streams as browsers'
// tools name them: `_webSocketMessages`, `_eventSourceMessages`, with times in seconds since 1970,
// which a number holds to a quarter of a µs.

import { STATUS_CODES } from 'node:http';
import { decodeEvent } from '../../contract/recording/event-text.ts';
import type { StreamRecord } from '../../contract/recording/stream-record.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { streamduelVersion } from '../../trial/environment.ts';
import { hideCredential, withoutCredentials } from '../request-secrets.ts';
import type { ExportedStream, Exporter } from './exported-stream.ts';

export const exportHar: Exporter = async function* (streams, leaveOut) {
  const creator = { name: 'streamduel', version: streamduelVersion() };
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"entries":[`;
  let count = 0;
  for await (const stream of streams) {
    const { record } = stream;
    if (record.head?.framing === 'lines')
      leaveOut('are lines: HAR has no place for the times of lines, and holds their body alone');
    yield `${count === 0 ? '' : ','}\n${JSON.stringify(entryOf(stream))}`;
    count++;
  }
  yield '\n]}}\n';
};

function entryOf({ record, startNs }: ExportedStream): object {
  const { head, end, sentNs = 0, reads } = record;
  const firstNs = reads[0]?.[0] ?? end.ns;
  const timings = {
    blocked: -1,
    dns: -1,
    connect: sentNs / NS_PER_MS,
    send: 0,
    wait: Math.max(0, firstNs - sentNs) / NS_PER_MS,
    receive: Math.max(0, end.ns - firstNs) / NS_PER_MS,
    ssl: -1,
  };
  return {
    startedDateTime: dateOf(startNs),
    time: timings.connect + timings.send + timings.wait + timings.receive,
    request: requestOf(record),
    response: responseOf(record),
    cache: {},
    timings,
    ...(head?.framing === 'messages' && {
      _resourceType: 'websocket',
      _webSocketMessages: socketMessages(record, startNs),
    }),
    ...(head?.framing === 'event-stream' && {
      _resourceType: 'eventsource',
      _eventSourceMessages: eventMessages(record, startNs),
    }),
    ...(end.cause !== undefined && { _error: end.cause }),
  };
}

/** To the ns: a date of ISO 8601 has as many digits as it needs. */
function dateOf(ns: bigint): string {
  const perMs = BigInt(NS_PER_MS);
  const rest = String(ns % perMs).padStart(6, '0');
  return new Date(Number(ns / perMs)).toISOString().replace('Z', `${rest}Z`);
}

const secondsOf = (startNs: bigint, ns: number): number =>
  Number(startNs + BigInt(Math.round(ns))) / NS_PER_S;

const TEXT = 1;
const BINARY = 2;

function socketMessages(record: StreamRecord, startNs: bigint): readonly object[] {
  const { request, sentNs = 0, events } = record;
  return [
    ...(request?.messages ?? []).map((data) => ({
      type: 'send',
      time: secondsOf(startNs, sentNs),
      opcode: TEXT,
      data,
    })),
    ...events.map(([ns, base64, form]) => ({
      type: 'receive',
      time: secondsOf(startNs, ns),
      opcode: form === 'binary' ? BINARY : TEXT,
      data: form === 'binary' ? base64 : Buffer.from(base64, 'base64').toString(),
    })),
  ];
}

function eventMessages({ events }: StreamRecord, startNs: bigint): readonly object[] {
  return events.map((event) => {
    const { name = 'message', id = '', data } = decodeEvent(event, 'event-stream');
    return { time: secondsOf(startNs, event[0]), eventName: name, eventId: id, data };
  });
}

interface NamedValue {
  readonly name: string;
  readonly value: string;
}

/** Cookies are headers, too, and stand there alone. */
const NOT_KNOWN = { cookies: [], headersSize: -1, bodySize: -1 } as const;

function requestOf({ request: recorded, head }: StreamRecord): object {
  const request = withoutCredentials(recorded ?? { method: 'GET', headers: [] });
  const { url = '', method, headers, body } = request;
  const named = headers.map(([name, value]): NamedValue => ({ name, value }));
  return {
    method,
    url,
    httpVersion: versionOf(head),
    headers: named,
    queryString: [...(URL.parse(url)?.searchParams ?? [])].map(([name, value]): NamedValue => ({
      name,
      value,
    })),
    ...(body !== undefined && {
      postData: { mimeType: headerOf(named, 'content-type') ?? 'text/plain', text: body },
    }),
    ...NOT_KNOWN,
  };
}

/** A stream without an answer has the status 0, as in browsers. */
function responseOf({ head, reads, events }: StreamRecord): object {
  const headers = Object.entries(head?.headers ?? {}).map(([name, value]): NamedValue => ({
    name,
    value: hideCredential(name, value),
  }));
  const status = head?.status ?? 0;
  return {
    status,
    statusText: STATUS_CODES[status] ?? '',
    httpVersion: versionOf(head),
    headers,
    content: {
      size: reads.reduce((sum, [, bytes]) => sum + bytes, 0),
      mimeType: head?.contentType ?? '',
      ...(head?.framing === 'event-stream' && { text: textsOf(events).join('') }),
      ...(head?.framing === 'lines' && { text: textsOf(events).join('\n') }),
    },
    redirectURL: headerOf(headers, 'location') ?? '',
    ...NOT_KNOWN,
  };
}

function textsOf(events: StreamRecord['events']): readonly string[] {
  return events.map(([, base64]) => Buffer.from(base64, 'base64').toString());
}

function headerOf(headers: readonly NamedValue[], wanted: string): string | undefined {
  return headers.find(({ name }) => name.toLowerCase() === wanted)?.value;
}

function versionOf(head: StreamRecord['head']): string {
  return head === undefined ? '' : `HTTP/${head.httpVersion}`;
}
