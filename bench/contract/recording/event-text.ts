// The canonical form of an event in a recording, and back: an event of an event stream is recorded
// as lines of fields that end with LF, a line or a message as its text, a binary message as bytes.

import type { WireEvent } from '../dialects/dialect.ts';
import type { EndpointFraming } from '../endpoint.ts';
import type { Secrets } from '../secrets.ts';
import type { StreamRecord } from './stream-record.ts';

type EncodedEvent = StreamRecord['events'][number];

interface EncodeOptions {
  readonly framing: EndpointFraming | undefined;
  /** They are taken out; absent for text without any. */
  readonly secrets?: Secrets;
}

export function encodeEvent(
  ns: number,
  event: WireEvent,
  { framing, secrets }: EncodeOptions,
): EncodedEvent {
  const redact = (text: string): string => secrets?.redact(text) ?? text;
  if (event.isBinary === true)
    return [ns, Buffer.from(redact(event.data), 'latin1').toString('base64'), 'binary'];
  const text = framing === 'event-stream' ? renderEvent(event) : event.data;
  return [ns, Buffer.from(redact(text)).toString('base64')];
}

/** Fields in the order event, id, data, each on a line that ends with LF, and an empty line. */
function renderEvent({ name, id, data }: WireEvent): string {
  return [
    ...(name === undefined ? [] : [`event: ${name}`]),
    ...(id === undefined ? [] : [`id: ${id}`]),
    ...data.split('\n').map((line) => `data: ${line}`),
    '',
    '',
  ].join('\n');
}

export function decodeEvent(
  [, b64, form]: EncodedEvent,
  framing: EndpointFraming | undefined,
): WireEvent {
  const bytes = Buffer.from(b64, 'base64');
  if (form === 'binary') return { data: bytes.toString('latin1'), isBinary: true };
  const text = bytes.toString('utf8');
  return framing === 'event-stream' ? parseEvent(text) : { data: text };
}

function parseEvent(text: string): WireEvent {
  const data: string[] = [];
  let name: string | undefined;
  let id: string | undefined;
  for (const line of text.split('\n')) {
    const [, field, value] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') name = value;
    if (field === 'id') id = value;
    if (field === 'data' && value !== undefined) data.push(value);
  }
  return {
    ...(name !== undefined && { name }),
    ...(id !== undefined && { id }),
    data: data.join('\n'),
  };
}
