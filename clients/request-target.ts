// Renders request targets, and the cursor of a client that resumes a stream.

import assert from 'node:assert/strict';
import {
  KEEP_WORD,
  parseCursor,
  renderResume,
  renderStreamRequest,
  RESUME_QUERY,
  SESSION_PATH,
} from '../bench/contract/control-events.ts';
import type { ServerPlace, StreamTarget } from './stream-client.ts';

/**
 * Host and port as in a URL or a Host field: an IPv6 address stands in brackets (RFC 3986 §3.2.2).
 */
export function authorityOf({ host, port }: Pick<StreamTarget, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Pages of the server have this origin: `http://127.0.0.1:8080`. */
export function originOf(server: ServerPlace): string {
  return `${server.tls === undefined ? 'http' : 'https'}://${authorityOf(server)}`;
}

/**
 * The target on the request line: the path, or the absolute form for a proxy that passes the request
 * on (RFC 9112 §3.2).
 */
export function onRequestLine(target: StreamTarget, path: string): string {
  return target.through?.how === 'forward' ? `${originOf(target)}${path}` : path;
}

/**
 * Path of a WebSocket. A kept one names its streams later; one that resumes asks the server to
 * wait, since it sends its cursor only after the handshake.
 */
export function webSocketPathOf({ path, resumeAfter, kept }: StreamTarget): string {
  if (kept !== undefined) return SESSION_PATH;
  if (resumeAfter === undefined) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${RESUME_QUERY}`;
}

/** The first message of a WebSocket that resumes; undefined for a new stream. */
export function resumeMessageOf({ resumeAfter }: StreamTarget): string | undefined {
  if (resumeAfter === undefined) return undefined;
  const cursor = parseCursor(resumeAfter);
  assert(
    cursor !== undefined,
    `a stream goes on after \`epoch.sequence\`, not after ${JSON.stringify(resumeAfter)}`,
  );
  return renderResume(cursor);
}

/** The line that opens a stream of the null arm. */
export function requestLineOf({ path, resumeAfter, kept }: StreamTarget): string {
  if (kept !== undefined) return `${path} ${KEEP_WORD}\n`;
  return resumeAfter === undefined ? `${path}\n` : `${path} ${resumeAfter}\n`;
}

interface HttpFields {
  readonly accept: string;
  /** The content codings that the client decodes; absent for none. */
  readonly acceptEncoding?: string;
}

/**
 * A GET of an event stream, as EventSource sends it (WHATWG HTML §9.2.2), resumed with its own
 * field.
 */
export function getRequest(target: StreamTarget, { accept, acceptEncoding }: HttpFields): string {
  const { path, resumeAfter } = target;
  return (
    `GET ${onRequestLine(target, path)} HTTP/1.1\r\nHost: ${authorityOf(target)}\r\n` +
    `Accept: ${accept}\r\nCache-Control: no-cache\r\n` +
    (acceptEncoding === undefined ? '' : `Accept-Encoding: ${acceptEncoding}\r\n`) +
    `${resumeAfter === undefined ? '' : `Last-Event-ID: ${resumeAfter}\r\n`}\r\n`
  );
}

/**
 * A POST with a JSON request in ASCII, which also carries the cursor of a receiver that resumes.
 */
export function postRequest(target: StreamTarget, { accept }: HttpFields): string {
  const body = renderStreamRequest(target.resumeAfter);
  return (
    `POST ${onRequestLine(target, target.path)} HTTP/1.1\r\nHost: ${authorityOf(target)}\r\n` +
    `Accept: ${accept}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  );
}
