// Answers as a proxy does while its server is down: the status to any request, and then the end.
// SSE and WebSocket clients get the same bytes; the null arm has no status, so it gets the line
// that its server sends for a failure.

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { renderTyped } from '../contract/control-events.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { LINGER_NS } from './link.ts';

/** A longer request is answered before it is complete. */
const MAX_REQUEST_CHARACTERS = 16_384;

/** Answers the first request of a connection once it is complete; the server never receives it. */
export function answerUnavailable(client: Socket, statusCode: number, onAnswer: () => void): void {
  let request = '';
  let isAnswered = false;
  client.on('error', () => client.destroy());
  // A client that sends nothing, or does not close after the answer, is closed after this time.
  client.setTimeout(LINGER_NS / NS_PER_MS, () => client.destroy());
  client.on('end', () => client.end());
  client.on('data', (bytes: Buffer) => {
    if (isAnswered) return;
    request += bytes.toString('latin1');
    if (!isWhole(request) && request.length <= MAX_REQUEST_CHARACTERS) return;
    isAnswered = true;
    onAnswer();
    client.end(isOfNullArm(request) ? renderLine(statusCode) : renderResponse(statusCode));
  });
}

/** The null arm sends only a path, whereas HTTP begins with a method. */
function isOfNullArm(request: string): boolean {
  return request.startsWith('/');
}

function isWhole(request: string): boolean {
  return request.includes(isOfNullArm(request) ? '\n' : '\r\n\r\n');
}

function messageOfStatus(statusCode: number): string {
  return STATUS_CODES[statusCode] ?? 'Unknown';
}

function renderLine(statusCode: number): string {
  return `${renderTyped('stream-error', { statusCode, message: messageOfStatus(statusCode) })}\n`;
}

function renderResponse(statusCode: number): string {
  const body = `${messageOfStatus(statusCode)}\n`;
  return [
    `HTTP/1.1 ${statusCode} ${messageOfStatus(statusCode)}`,
    'content-type: text/plain',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
