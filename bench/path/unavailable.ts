// What a proxy says while its server is away: the status, to whatever is asked, and then the end. SSE and WebSocket clients
// get the same bytes; the null arm knows no status, so it gets the line that its server sends for a failure.

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { renderTyped } from '../contract/control-events.ts';
import { NS_PER_MS } from '../contract/units.ts';
import { LINGER_NS } from './link.ts';

/** A longer request is answered before its end. */
const MAX_REQUEST_CHARACTERS = 16_384;

/** Answers the first request of a connection once it is whole; the server never hears of it. */
export function answerUnavailable(client: Socket, statusCode: number, onAnswer: () => void): void {
  let request = '';
  let isAnswered = false;
  client.on('error', () => client.destroy());
  // Whoever asks nothing, or does not end after the answer, is not kept.
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

/** A path and nothing else, where HTTP begins with a method. */
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
