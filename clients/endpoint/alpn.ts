// Asks a server over TLS which version of HTTP it prefers, on a connection of its own.

import { HTTP2 } from './http2-exchange.ts';
import { openSocket } from './endpoint-socket.ts';
import type { EndpointRequest } from './endpoint-request.ts';
import { socketTargetOf } from './socket-target.ts';

/** Longest wait: the answer is only a remark. */
const PATIENCE_MS = 5000;

/** Undefined without TLS, and when the server does not say. */
export async function preferredAlpn(request: EndpointRequest): Promise<string | undefined> {
  const url = new URL(request.url);
  const target = socketTargetOf(url, request);
  if (target.tls === undefined || url.protocol !== 'https:') return undefined;
  const tls = { ...target.tls, alpn: [HTTP2, 'http/1.1'] };
  return await new Promise((resolve) => {
    const socket = openSocket(
      { ...target, tls },
      { now: () => 0 },
      {
        connected: () => {},
        secured: (_atNs, { alpn }) => finish(alpn),
        opened: () => {},
        read: () => {},
        ended: () => finish(undefined),
      },
    );
    const timer = setTimeout(() => finish(undefined), Math.min(PATIENCE_MS, request.timeoutMs));
    const finish = (alpn: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(alpn);
    };
  });
}
