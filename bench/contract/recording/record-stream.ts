// Makes the record of a stream that was observed. Secrets are taken out here, before anything of it
// is written.

import { isCredentialHeader } from '../credentials.ts';
import { DialectWatch } from '../dialect-watch.ts';
import type { DialectId } from '../dialects/dialect-ids.ts';
import type { EndpointRequest } from '../endpoint.ts';
import type { Observation } from '../probe.ts';
import type { Secrets } from '../secrets.ts';
import { encodeEvent } from './event-text.ts';
import type { StreamRecord } from './stream-record.ts';

const HIDDEN = '<hidden>';

export type ObservedStream = Pick<
  Observation,
  'head' | 'sentNs' | 'reads' | 'events' | 'end' | 'endNs' | 'failure'
>;

interface RecordOptions {
  readonly request: Pick<EndpointRequest, 'url' | 'method' | 'headers' | 'body' | 'messages'>;
  readonly dialect: DialectId | undefined;
  readonly secrets: Secrets;
  readonly startedAt: Date;
  readonly isWhole?: boolean | undefined;
  /** The text of the answer, for a dialect that is not known by its name alone. */
  readonly content?: string;
  /** ns; 0 for a stream by itself. */
  readonly arrivalNs?: number;
  /** Set for a stream of a run. */
  readonly place?: { readonly target: string; readonly trial: number };
}

export function recordOf(observed: ObservedStream, options: RecordOptions): StreamRecord {
  const { request, dialect, secrets, startedAt, isWhole, arrivalNs = 0 } = options;
  const { head, failure, sentNs } = observed;
  const record: StreamRecord = {
    version: 1,
    arrivalNs,
    startedAt: startedAt.toISOString(),
    ...(dialect !== undefined && { dialect }),
    ...options.place,
    request: {
      url: request.url,
      method: request.method,
      headers: request.headers.map(hideCredential),
      ...(request.body !== undefined && { body: request.body }),
      ...(request.messages !== undefined && { messages: [...request.messages] }),
    },
    ...(head !== undefined && { head: { ...head, headers: hideHeaders(head.headers, secrets) } }),
    ...(sentNs !== undefined && { sentNs }),
    events: [],
    reads: observed.reads.map(([ns, bytes]) => [ns, bytes]),
    end: {
      ...observed.end,
      ns: observed.endNs,
      ...(failure !== undefined && { cause: failure.cause }),
    },
    ...(isWhole !== undefined && { isWhole }),
  };
  const redacted = secrets.redactAll(record);
  if (spellsSecret(observed, options))
    return { ...redacted, withheld: 'several of its events together spell a secret' };
  return {
    ...redacted,
    events: observed.events.map(([ns, event]) =>
      encodeEvent(ns, event, { framing: head?.framing, secrets }),
    ),
  };
}

/** A model may send a secret back in pieces, which no single event shows. */
function spellsSecret(
  { head, events }: ObservedStream,
  { dialect, secrets, content = '' }: RecordOptions,
): boolean {
  if (secrets.isEmpty || head === undefined || head.framing === 'other') return false;
  if (dialect === 'pointers') return secrets.redact(content) !== content;
  const watch = new DialectWatch({ headers: head.headers, framing: head.framing, dialect });
  for (const [, event] of events) watch.read(event);
  const texts = new Map<string, string>();
  for (const sign of watch.signs.flat())
    if (sign.kind === 'token')
      texts.set(sign.channel, (texts.get(sign.channel) ?? '') + secrets.redact(sign.text));
  return [...texts.values()].some((text) => secrets.redact(text) !== text);
}

function hideCredential([name, value]: readonly [string, string]): [string, string] {
  return [name, isCredentialHeader(name) ? HIDDEN : value];
}

/** The names are the server's, too. */
function hideHeaders(
  headers: Readonly<Record<string, string>>,
  secrets: Secrets,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      secrets.redact(name),
      isCredentialHeader(name) ? HIDDEN : value,
    ]),
  );
}
