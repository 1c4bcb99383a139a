// Saves what was observed of a stream as one line of NDJSON, so that it can be studied or replayed:
// reads as well as events, or it would be lost which events came together.

import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { isCredentialHeader } from '../contract/credentials.ts';
import type { WireEvent } from '../contract/dialects/dialect.ts';
import type { DialectId } from '../contract/dialects/dialects.ts';
import type { EndpointRequest } from '../contract/endpoint.ts';
import { BenchError, messageOf } from '../contract/errors.ts';
import type { Observation } from '../contract/probe.ts';
import type { Secrets } from '../contract/secrets.ts';

/** One line of the file; docs/own-server.md describes it. */
export interface StreamRecord {
  readonly version: 1;
  /** The stream was asked for then, ns after the first one; 0 for a stream by itself. */
  readonly arrivalNs: number;
  readonly startedAt: string;
  readonly dialect: DialectId | undefined;
  readonly request: {
    readonly url: string;
    readonly method: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body?: string;
    readonly messages?: readonly string[];
  };
  readonly head: Observation['head'];
  /** ns since `arrivalNs`; the event in its canonical form; a third member for a binary message. */
  readonly events: readonly (
    | readonly [ns: number, b64: string]
    | readonly [ns: number, b64: string, 'binary']
  )[];
  readonly reads: readonly (readonly [ns: number, bytes: number])[];
  readonly end: Observation['end'] & { readonly ns: number; readonly cause?: string };
}

const HIDDEN = '<hidden>';

interface RecordOptions {
  readonly request: EndpointRequest;
  readonly dialect: DialectId | undefined;
  readonly secrets: Secrets;
  readonly startedAt: Date;
}

export function recordOf(observed: Observation, options: RecordOptions): StreamRecord {
  const { request, dialect, secrets, startedAt } = options;
  const { head, failure } = observed;
  const record: StreamRecord = {
    version: 1,
    arrivalNs: 0,
    startedAt: startedAt.toISOString(),
    dialect,
    request: {
      url: request.url,
      method: request.method,
      headers: request.headers.map(hideCredential),
      ...(request.body !== undefined && { body: request.body }),
      ...(request.messages !== undefined && { messages: request.messages }),
    },
    head: head && { ...head, headers: hideHeaders(head.headers, secrets) },
    events: [],
    reads: observed.reads,
    end: {
      ...observed.end,
      ns: observed.endNs,
      ...(failure !== undefined && { cause: failure.cause }),
    },
  };
  return {
    ...secrets.redactAll(record),
    events: observed.events.map(([ns, event]) => encodeEvent(ns, event, { head, secrets })),
  };
}

function hideCredential([name, value]: readonly [string, string]): readonly [string, string] {
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

interface EncodeOptions {
  readonly head: Observation['head'];
  readonly secrets: Secrets;
}

function encodeEvent(
  ns: number,
  event: WireEvent,
  { head, secrets }: EncodeOptions,
): StreamRecord['events'][number] {
  if (event.isBinary === true)
    return [ns, Buffer.from(secrets.redact(event.data), 'latin1').toString('base64'), 'binary'];
  const text = head?.framing === 'event-stream' ? renderEvent(event) : event.data;
  return [ns, Buffer.from(secrets.redact(text)).toString('base64')];
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

/** So that a probe is not made in vain. @throws BenchError USAGE */
export function checkRecordFile(path: string): void {
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw recordError('USAGE', path, error);
  }
}

/**
 * One write at the end of the file, and nothing of it when that fails.
 * @throws BenchError FILE
 */
export function appendRecord(path: string, record: StreamRecord): void {
  const line = Buffer.from(`${JSON.stringify(record)}\n`);
  try {
    const file = openSync(path, 'a');
    try {
      const before = fstatSync(file).size;
      const written = writeSync(file, line);
      if (written === line.length) return;
      ftruncateSync(file, before);
      throw new BenchError('FILE', `${written} of ${line.length} bytes were written`);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw recordError('FILE', path, error);
  }
}

function recordError(code: 'USAGE' | 'FILE', path: string, cause: unknown): BenchError {
  return new BenchError(code, `--record ${path}: ${messageOf(cause)}`, {
    cause,
    hint: 'name a file in a folder that exists and can be written to',
  });
}
