// What the server says within a session besides frames.

import { StreamFailure } from '../stream-failure.ts';

export function isError(text: string): boolean {
  return text.startsWith('{"type":"error"');
}

/** The failure that the server says, with its status as over HTTP. */
export function refusedSession(text: string): StreamFailure {
  const { statusCode } = JSON.parse(text) as { statusCode?: unknown };
  return new StreamFailure(`http-${String(statusCode)}`, `the server ended the session: ${text}`);
}
