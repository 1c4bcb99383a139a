import { expect, it } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { cellsRun, changed, corkedRecord, freeRecord, refusedRecord } from './fixture.ts';
import { proxiesReading } from './reading.ts';
import { passageOf, transportVerdicts, verdictSentences } from './verdict.ts';

const analysisOf = (run = cellsRun()) => analyse(run, proxiesReading);

it('each transport has a sentence that names what every proxy does to it, in each of its configurations', () => {
  const { plan, proxyCells } = analysisOf();
  expect(verdictSentences(plan, proxyCells)).toEqual([
    '**SSE**: as documented, it passes nginx and comes visibly late over HAProxy; as fixed, it passes HAProxy and nginx.',
    '**WebSocket**: as documented, it passes HAProxy and is refused by nginx; as fixed, it passes HAProxy and nginx.',
    '**As documented**, later in a stream: A stop of a quiet stream does not reach the server: SSE over HAProxy. A restart of the server ends an EventSource for good: SSE over HAProxy. A client that stops reading never holds the server back: SSE over HAProxy.',
  ]);
});

it('the way out through a firewall is a part of the sentence, with TLS told apart', () => {
  const { plan, proxyCells } = analysisOf(cellsRun({ hasForward: true }));
  expect(transportVerdicts(plan, proxyCells).map(({ sentence }) => sentence)).toEqual([
    '**SSE**: as documented, it passes nginx and comes visibly late over HAProxy, and out through a firewall’s proxy it passes Squid and is refused by Squid (TLS); as fixed, it passes HAProxy and nginx, and out through a firewall’s proxy it passes Squid and Squid (TLS).',
    '**WebSocket**: as documented, it passes HAProxy and is refused by nginx, and out through a firewall’s proxy it passes none and is refused by Squid and Squid (TLS); as fixed, it passes HAProxy and nginx, and out through a firewall’s proxy it passes Squid and Squid (TLS).',
  ]);
});

it('of a transport every way is told with its passage', () => {
  const { plan, proxyCells } = analysisOf(cellsRun({ hasForward: true }));
  const [sse] = transportVerdicts(plan, proxyCells);
  expect(
    sse?.ways.map(({ proxy, direction, form, passage }) => [proxy, direction, form, passage]),
  ).toEqual([
    ['HAProxy', 'reverse', 'plain', 'late'],
    ['HAProxy', 'reverse', 'fixed', 'passes'],
    ['nginx', 'reverse', 'plain', 'passes'],
    ['nginx', 'reverse', 'fixed', 'passes'],
    ['Squid', 'forward', 'plain', 'passes'],
    ['Squid (TLS)', 'forward', 'plain', 'refused'],
    ['Squid', 'forward', 'fixed', 'passes'],
    ['Squid (TLS)', 'forward', 'fixed', 'passes'],
  ]);
});

it('a proxy is not judged where nothing over loopback stands beside it', () => {
  const run = cellsRun({ recordOf: () => freeRecord });
  const { proxyCells } = analysisOf(run);
  const cells = proxyCells.find(({ arm }) => arm === 'sse@nginx')!;
  expect(passageOf(cells)).toBe('passes');
  const alone = { firstTokenNs: undefined, p50Ns: undefined, p99Ns: undefined };
  expect(passageOf({ ...cells, added: alone })).toBeUndefined();
  expect(passageOf({ ...cells, trials: 0 })).toBeUndefined();
});

it.each([
  ['refused', refusedRecord],
  ['held', changed(freeRecord, { paced: { firstTokenNs: 9e9 } })],
  ['late', corkedRecord],
  ['ended', changed(freeRecord, { long: { ended: 'failed', endedNs: 15e9 } })],
  ['passes', { ...freeRecord, deliveryNs: freeRecord.deliveryNs.map((ns) => ns + 15 * NS_PER_MS) }],
] as const)('%s', (passage, record) => {
  const run = cellsRun({
    recordOf: ({ path }) => (path === 'direct' ? freeRecord : record),
  });
  const { proxyCells } = analysisOf(run);
  expect(passageOf(proxyCells.find(({ arm }) => arm === 'ws@haproxy')!)).toBe(passage);
});

it('where times decide a busy machine gets no verdict, and a refusal has one all the same', () => {
  const busy = { tickLatenessP99Ns: 30 * NS_PER_MS };
  const run = cellsRun({
    recordOf: ({ path }) =>
      path === 'haproxy'
        ? { ...corkedRecord, ...busy }
        : path === 'nginx'
          ? { ...refusedRecord, ...busy }
          : freeRecord,
  });
  const { plan, proxyCells } = analysisOf(run);
  const passageBy = (arm: string) => passageOf(proxyCells.find((one) => one.arm === arm)!);
  expect(passageBy('sse@haproxy')).toBeUndefined();
  expect(passageBy('sse@nginx')).toBe('refused');
  expect(verdictSentences(plan, proxyCells)).toContain(
    '**Not judged**, because the machine was too busy in their trials or in those over loopback: sse@haproxy and ws@haproxy.',
  );
});
