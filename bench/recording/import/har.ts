// HAR files: WebSockets by the messages that browsers keep (`_webSocketMessages`), event streams by
// `_eventSourceMessages` where a tool has written them. A body alone has no times, and is refused.

import { z } from 'zod';
import { BenchError } from '../../contract/errors.ts';
import type { StreamRecord } from '../../contract/recording/stream-record.ts';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { problemOf } from '../read-recording.ts';
import type { ImportedStream, TimedEvent } from './imported-stream.ts';
import { readJson } from './read-json.ts';

/** `time` is in seconds since 1970. */
const socketMessageSchema = z.object({
  type: z.enum(['send', 'receive']),
  time: z.number(),
  opcode: z.number(),
  data: z.string(),
});
const eventMessageSchema = z.object({
  time: z.number(),
  data: z.string(),
  eventName: z.string().optional(),
  eventId: z.string().optional(),
});

const entrySchema = z.object({
  startedDateTime: z.string(),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.array(z.object({ name: z.string(), value: z.string() })),
  }),
  response: z
    .object({ content: z.object({ mimeType: z.string().optional() }).optional() })
    .optional(),
  /** Before the request was sent, in ms; -1 for what did not happen. */
  timings: z
    .object({
      blocked: z.number().optional(),
      dns: z.number().optional(),
      connect: z.number().optional(),
      send: z.number().optional(),
    })
    .nullish(),
  _webSocketMessages: z.array(socketMessageSchema).optional(),
  _eventSourceMessages: z.array(eventMessageSchema).optional(),
});

const harSchema = z.object({ log: z.object({ entries: z.array(z.unknown()) }) });

type Entry = z.infer<typeof entrySchema>;
type SocketMessage = z.infer<typeof socketMessageSchema>;

export function isHar(value: object): boolean {
  return 'log' in value;
}

// oxlint-disable-next-line require-await -- one of several importers, of which others wait
export async function* importHar(path: string): AsyncGenerator<ImportedStream> {
  const { success, data, error } = harSchema.safeParse(readJson(path));
  if (!success) throw new BenchError('WORKLOAD', `${path} is no HAR file: ${problemOf(error)}`);
  const streams: { readonly atS: number; readonly stream: ImportedStream }[] = [];
  let untimed: string | undefined;
  for (const [index, value] of data.log.entries.entries()) {
    const place = `${path}, log.entries[${index}]`;
    const entry = parseEntry(value, place);
    streams.push(...streamsOf(entry, place));
    if (isUntimed(entry)) untimed ??= place;
  }
  if (untimed !== undefined)
    throw new BenchError(
      'WORKLOAD',
      `${untimed} is an event stream without _eventSourceMessages, so that the times of its events are not known`,
      { hint: 'browsers keep no times of event streams: record it with streamduel probe --record' },
    );
  if (streams.length === 0)
    throw new BenchError(
      'WORKLOAD',
      `${path} has neither _webSocketMessages nor _eventSourceMessages: no entry has times of messages`,
    );
  const firstS = Math.min(...streams.map(({ atS }) => atS));
  for (const { atS, stream } of streams) yield { ...stream, arrivalNs: nsBetween(firstS, atS) };
}

function parseEntry(value: unknown, place: string): Entry {
  const { success, data, error } = entrySchema.safeParse(value);
  if (!success) throw new BenchError('WORKLOAD', `${place}: ${problemOf(error)}`);
  return data;
}

function isUntimed({ response, _eventSourceMessages: messages }: Entry): boolean {
  const type = response?.content?.mimeType ?? '';
  return messages === undefined && type.startsWith('text/event-stream');
}

interface Placed {
  /** Since 1970: the ns of it are more than a number holds. */
  readonly atS: number;
  readonly stream: ImportedStream;
}

function streamsOf(entry: Entry, place: string): readonly Placed[] {
  const startS = secondsOf(entry.startedDateTime);
  if (Number.isNaN(startS))
    throw new BenchError('WORKLOAD', `${place}: startedDateTime is no date`);
  if (entry._webSocketMessages !== undefined)
    return turnsOf(entry._webSocketMessages).map((turn) => turnStream(entry, turn, startS));
  if (entry._eventSourceMessages === undefined) return [];
  const events = entry._eventSourceMessages.map((message): TimedEvent => [
    nsBetween(startS, message.time),
    {
      ...(message.eventName !== undefined &&
        message.eventName !== 'message' && { name: message.eventName }),
      ...(message.eventId !== undefined && message.eventId !== '' && { id: message.eventId }),
      data: message.data,
    },
  ]);
  const stream = { ...streamOf(entry, 'event-stream', events), ...sentOf(entry) };
  return [{ atS: startS, stream }];
}

/** A date may have more digits than those of ms, which `Date` leaves out. */
function secondsOf(date: string): number {
  const [, beyondMs = ''] = /\.\d{3}(\d{1,6})/.exec(date) ?? [];
  return Date.parse(date) / 1000 + Number(beyondMs.padEnd(6, '0')) / NS_PER_S;
}

/** When the request had been sent: `ssl` is a part of `connect`. */
function sentOf({ timings }: Entry): Pick<ImportedStream, 'sentNs'> {
  const { blocked = 0, dns = 0, connect = 0, send = 0 } = timings ?? {};
  const ms = [blocked, dns, connect, send].reduce((sum, part) => sum + Math.max(0, part), 0);
  return ms === 0 ? {} : { sentNs: Math.round(ms * NS_PER_MS) };
}

/** What is received after a message was sent, until the next one, is its answer. */
function turnsOf(messages: readonly SocketMessage[]): readonly (readonly SocketMessage[])[] {
  const turns: SocketMessage[][] = [];
  let hasAnswer = true;
  for (const message of messages) {
    if (turns.length === 0 || (message.type === 'send' && hasAnswer)) turns.push([]);
    hasAnswer = message.type === 'receive';
    turns.at(-1)?.push(message);
  }
  return turns.filter((turn) => turn.some(({ type }) => type === 'receive'));
}

const BINARY = 2;

function turnStream(entry: Entry, turn: readonly SocketMessage[], startS: number): Placed {
  const sent = turn.filter(({ type }) => type === 'send');
  const atS = sent[0]?.time ?? startS;
  const events = turn
    .filter(({ type }) => type === 'receive')
    .map(({ time, opcode, data }): TimedEvent => [
      nsBetween(atS, time),
      opcode === BINARY
        ? { data: Buffer.from(data, 'base64').toString('latin1'), isBinary: true }
        : { data },
    ]);
  const stream = streamOf(entry, 'messages', events);
  return {
    atS,
    stream: {
      ...stream,
      // The first message is sent when the connection stands, and is the beginning of its turn.
      ...(sent.length === 0 && sentOf(entry)),
      ...(stream.request !== undefined && {
        request: { ...stream.request, messages: sent.map(({ data }) => data) },
      }),
    },
  };
}

function streamOf(
  { request, startedDateTime }: Entry,
  framing: 'messages' | 'event-stream',
  events: readonly TimedEvent[],
): ImportedStream {
  const endNs = events.at(-1)?.[0] ?? 0;
  return {
    arrivalNs: 0,
    startedAt: startedDateTime,
    framing,
    request: requestOf(request),
    events,
    text: 'recorded',
    // No such file tells how a stream ended: whether it is whole is for its dialect to say.
    end: { kind: 'in-order', ns: endNs },
  };
}

function requestOf({
  method,
  url,
  headers,
}: Entry['request']): NonNullable<StreamRecord['request']> {
  return { method, url, headers: headers.map(({ name, value }) => [name, value]) };
}

/** Numbers of seconds since 1970 are exact to a quarter of a µs. */
function nsBetween(fromS: number, toS: number): number {
  return Math.round((toS - fromS) * NS_PER_S);
}
