// The socket of a URL goes to this place.

import type { EndpointRequest } from './endpoint-request.ts';
import type { SocketTarget } from './endpoint-socket.ts';

const defaultPorts: Readonly<Record<string, number>> = {
  'http:': 80,
  'ws:': 80,
  'https:': 443,
  'wss:': 443,
};

export function isWebSocket({ protocol }: URL): boolean {
  return protocol === 'ws:' || protocol === 'wss:';
}

export function socketTargetOf(
  url: URL,
  { http = 1, ca, isInsecure }: Pick<EndpointRequest, 'http' | 'ca' | 'isInsecure'>,
): SocketTarget {
  return {
    // An IPv6 address stands in brackets in a URL alone.
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? (defaultPorts[url.protocol] ?? 0) : Number(url.port),
    ...((url.protocol === 'https:' || url.protocol === 'wss:') && {
      tls: {
        ca,
        isInsecure: isInsecure === true,
        alpn: [http === 2 && !isWebSocket(url) ? 'h2' : 'http/1.1'],
      },
    }),
  };
}
