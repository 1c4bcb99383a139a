// Requests of the readers that are the floor under the probe: what the twins need, and no more.

import { WEBSOCKET_PROTOCOL } from '../contract/arms/websocket.ts';
import { LOOPBACK } from '../path/direct-path.ts';

const headOf = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${LOOPBACK}\r\n`;

/** Any 16 bytes will do, since these readers do not check the answer. */
const KEY = Buffer.alloc(16).toString('base64');

const field = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `${name}: ${value}\r\n`;

/** @param encoding The content coding that is accepted; absent for none. */
export function getRequest(path: string, encoding?: string): string {
  return `${headOf(path)}Accept: text/event-stream\r\n${field('Accept-Encoding', encoding)}\r\n`;
}

/** @param extension The extension that is offered; absent for none. */
export function upgradeRequest(path: string, extension?: string): string {
  return (
    `${headOf(path)}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n` +
    `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Protocol: ${WEBSOCKET_PROTOCOL}\r\n` +
    `${field('Sec-WebSocket-Extensions', extension)}\r\n`
  );
}
