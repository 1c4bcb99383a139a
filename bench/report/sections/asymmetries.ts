// Lists what differs between the arms besides the transport itself. Everything else is one code path shared by all of them.

import { payloads } from '../../contract/payload.ts';
import { armTitle, writesOf, type TransportId } from '../../contract/transports.ts';
import { list, section, type Block } from '../blocks.ts';
import { browserAsymmetries } from '../browser.ts';
import type { RunReport } from '../scenario-parts.ts';

export function renderAsymmetries({ analysis, parts }: RunReport): readonly Block[] {
  const { plan } = analysis;
  const isSteady = parts.outlivesConnections !== true;
  const present = new Set(plan.arms.map((arm) => arm.transport));
  const has = (...transports: readonly TransportId[]): boolean => transports.every((transport) => present.has(transport));
  const isAsUsual = (transport: TransportId): boolean => plan.arms.some((arm) => arm.transport === transport && arm.writes === undefined);
  return section('What differs between the arms', [
    `${parts.alike ?? 'Token text, payload bytes, due times, pacer, limits, recorder and order of work'} are the same in every arm. These things are not:`,
    list([
      ...(isSteady && has('sse') && payloads[plan.payload].isNumbered
        ? [
            'SSE repeats the number of each token in an `id:` line, its own means of resuming a stream; WebSocket resumes by the number inside the payload.',
          ]
        : []),
      ...(has('ws')
        ? [
            'The opening request of a WebSocket is larger (its upgrade headers), and its response is a 101; both differ from a plain GET before any token flows.',
          ]
        : []),
      ...(parts.asymmetries?.(analysis) ?? []),
      ...(has('sse', 'ws') && isSteady
        ? [
            ...(parts.isOnTimetable === true
              ? []
              : [
                  "A stream's due times count from its handler, which runs before the response head on SSE and after the 101 on WebSocket: the handshake is charged to open latency and time to first token, not to delivery.",
                ]),
            'A WebSocket stream ends with a close handshake in both directions, an SSE stream with the last chunk of the response.',
            ...(isAsUsual('sse') && isAsUsual('ws')
              ? [
                  'node:http holds what is written in a turn of the event loop until its end; ws writes each message at once. Both are used the way their documentation shows.',
                ]
              : []),
          ]
        : []),
      ...(plan.arms.some(({ writes }) => writes !== undefined)
        ? [
            `${plan.arms.flatMap((arm) => (arm.writes === undefined ? [] : [`${armTitle(arm)}: ${writesOf[arm.writes]}`])).join('. ')}. Their libraries do the opposite by themselves.`,
          ]
        : []),
      ...(has('tcp') ? ['The null arm has no HTTP at all: no request, no response head, one line per token.'] : []),
      ...(plan.arms.some((arm) => arm.path === 'relay')
        ? ['Arms via relay pass through one process more, a TCP relay of the harness, and are late by what it adds.']
        : []),
      ...(plan.arms.some((arm) => arm.client === 'library')
        ? [
            'With library clients each transport is received by a different library, and the difference between the libraries is part of the result.',
          ]
        : []),
      ...browserAsymmetries(analysis),
    ]),
  ]);
}
