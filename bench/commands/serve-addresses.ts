// Renders the output of `streamduel serve`: the address of the page, and commands to try without
// it.

import { isIPv6 } from 'node:net';
import type { DemoPorts } from '../contract/demo.ts';

/** Loopback address, on this machine, of a server that listens on all addresses. */
const loopbacks: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export function pageAddress(host: string, { sse }: DemoPorts): string {
  return `http://${authority(host, sse)}/demo`;
}

function authority(host: string, port: number): string {
  const reached = loopbacks[host] ?? host;
  return `${isIPv6(reached) ? `[${reached}]` : reached}:${port}`;
}

/** The key is 16 bytes of anything, and no secret (RFC 6455 §4.1). */
const HANDSHAKE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${Buffer.from('streamduel demo!').toString('base64')}`,
];

/** The WebSocket twin is shown with plain HTTP: most installations of curl do not know ws://. */
export function renderAddresses(host: string, ports: DemoPorts): string {
  const handshake = HANDSHAKE.map((field) => `-H '${field}'`).join(' ');
  return [
    `page       ${pageAddress(host, ports)}`,
    `SSE        curl -N 'http://${authority(host, ports.sse)}/demo/stream'`,
    `WebSocket  curl -N ${handshake} 'http://${authority(host, ports.ws)}/demo/stream'`,
    '',
  ].join('\n');
}
