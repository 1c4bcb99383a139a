// Configuration for the page: the addresses of the twins as seen from the browser, and the limits
// on requests.

import type { FastifyInstance } from 'fastify';
import type { DemoPorts } from '../../bench/contract/demo.ts';
import type { PayloadName } from '../../bench/contract/payload.ts';
import { refuse, streamFields } from '../twin.ts';
import { DEMO_PAYLOAD } from './demo-parts.ts';

interface DemoConfig {
  /** Origins of the twins: `http://host:port` and `ws://host:port`. */
  readonly sse: string;
  readonly ws: string;
  /** The first is the default of a request that names none. */
  readonly workloads: readonly string[];
  readonly payload: PayloadName;
  /** Upper limits of a request: tokens, and tokens per second. */
  readonly limits: { readonly n: number; readonly rate: number };
}

/**
 * Both twins are at the host where the browser found the first, which its request named, whatever
 * address the server is bound to.
 * @returns undefined for a Host field that is none (RFC 9110 §7.2).
 */
export function demoAddresses(
  hostField: string,
  { sse, ws }: DemoPorts,
): { sse: string; ws: string } | undefined {
  const hostname = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::\d{1,5})?$/.exec(hostField)?.[1];
  return hostname === undefined
    ? undefined
    : { sse: `http://${hostname}:${sse}`, ws: `ws://${hostname}:${ws}` };
}

interface ConfigOptions {
  readonly workloadNames: readonly string[];
  /** undefined until both twins listen. */
  readonly ports: () => DemoPorts | undefined;
}

export function addConfig(app: FastifyInstance, { workloadNames, ports }: ConfigOptions): void {
  app.get('/demo/config.json', (request, reply) => {
    const known = ports();
    if (known === undefined) return refuse(reply, 503, 'the other twin does not listen yet');
    const addresses = demoAddresses(request.headers.host ?? '', known);
    if (addresses === undefined) return refuse(reply, 400, 'the Host field names no host');
    const config: DemoConfig = {
      ...addresses,
      workloads: workloadNames,
      payload: DEMO_PAYLOAD,
      limits: { n: streamFields.n.maximum, rate: streamFields.rate.maximum },
    };
    return reply.header('cache-control', 'no-cache').send(config);
  });
}
