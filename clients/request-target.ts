// What a request says about where it goes, and a client that comes back about where it stands.

import assert from 'node:assert/strict';
import { parseCursor, renderResume, RESUME_QUERY } from '../bench/contract/control-events.ts';
import type { StreamTarget } from './stream-client.ts';

/** Host and port as in a URL or a Host field: an IPv6 address stands in brackets (RFC 3986 §3.2.2). */
export function authorityOf({ host, port }: Pick<StreamTarget, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Of a WebSocket: one that comes back asks to be waited for, since it says where it stands only after the handshake. */
export function webSocketPathOf({ path, resumeAfter }: StreamTarget): string {
  if (resumeAfter === undefined) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${RESUME_QUERY}`;
}

/** The first message of a WebSocket that comes back; undefined for one that begins. */
export function resumeMessageOf({ resumeAfter }: StreamTarget): string | undefined {
  if (resumeAfter === undefined) return undefined;
  const cursor = parseCursor(resumeAfter);
  assert(cursor !== undefined, `a stream goes on after \`epoch.sequence\`, not after ${JSON.stringify(resumeAfter)}`);
  return renderResume(cursor);
}

/** The line that opens a stream of the null arm. */
export function requestLineOf({ path, resumeAfter }: StreamTarget): string {
  return resumeAfter === undefined ? `${path}\n` : `${path} ${resumeAfter}\n`;
}
