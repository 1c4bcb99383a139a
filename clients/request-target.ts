// What a request says about where it goes.

import type { StreamTarget } from './stream-client.ts';

/** Host and port as in a URL or a Host field: an IPv6 address stands in brackets (RFC 3986 §3.2.2). */
export function authorityOf({ host, port }: Pick<StreamTarget, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
