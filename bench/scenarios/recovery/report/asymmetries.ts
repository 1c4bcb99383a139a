// Lists what differs between the arms under faults, besides their framing. Everything else is one code path.

import type { Analysis } from '../../../analysis/analysis.ts';
import type { TransportId } from '../../../contract/transports.ts';
import { reconnectsItself } from '../../../contract/transports.ts';
import { policiesOf } from './circumstances.ts';

export function faultAsymmetries(analysis: Analysis): readonly string[] {
  const { plan } = analysis;
  const present = new Set(plan.arms.map(({ transport }) => transport));
  const has = (...transports: readonly TransportId[]): boolean => transports.every((transport) => present.has(transport));
  return [
    ...(has('sse')
      ? [
          'SSE says where to go on in the request itself, in `Last-Event-ID`. Its heartbeat is a comment that needs no answer: **the server notices a dead SSE peer' +
            ' only by TCP**, when what it writes is never acknowledged. And because the request says all, a server that stood still answers even those that were given' +
            ' up meanwhile, and replays to nobody.',
        ]
      : []),
    ...(has('ws')
      ? [
          'WebSocket has no means of resuming: the client sends one message more after the 101, and the server sends nothing before it has come. That is' +
            ' **one message and one way more than SSE** for every resume; over loopback it is microseconds, over a network half a round trip.',
          'A WebSocket heartbeat is a ping that must be answered: **the server notices a dead peer by the missing pong**, without waiting for TCP. So a' +
            ' living client that merely stops reading for longer than the rule is taken for dead, too.',
        ]
      : []),
    ...(has('tcp') ? ['The null arm says where to go on in its request line; its heartbeat is an empty line that needs no answer.'] : []),
    ...(policiesOf(analysis).includes('as-specified') && has('sse')
      ? [
          'Under policy `as-specified`, **EventSource gives up at the first answer that is not 200** (WHATWG HTML §9.2.3), and otherwise waits the same `retry` each' +
            ' time, without jitter. A WebSocket program only learns that the handshake failed; it may try again, after a random wait (RFC 6455 §7.2.3).',
        ]
      : []),
    ...(plan.arms.some(({ client }) => reconnectsItself(client))
      ? [
          'An EventSource client comes back by itself, by its own rules: no policy of the harness applies to it, and it does not watch for silence.',
        ]
      : []),
  ];
}
