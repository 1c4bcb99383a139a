import { expect, it } from 'vitest';
import { analyse } from '../../analysis/analyse.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { cellsRun, changed, corkedRecord, freeRecord, refusedRecord } from './fixture.ts';
import { proxiesReading } from './reading.ts';
import { passageOf, verdictSentences } from './verdict.ts';

const analysisOf = (run = cellsRun()) => analyse(run, proxiesReading);

it('each proxy is named with what it does to each transport, in each of its configurations', () => {
  const { plan, proxyCells } = analysisOf();
  expect(verdictSentences(plan, proxyCells)).toEqual([
    '**As the documentation of each proxy begins**: SSE passes as over loopback: nginx, comes visibly late over HAProxy; WebSocket passes as over loopback: HAProxy, is refused by nginx. A stop of a quiet stream does not reach the server: SSE over HAProxy.',
    '**With the lines of the fixed configurations**: SSE passes as over loopback: HAProxy and nginx; WebSocket passes as over loopback: HAProxy and nginx.',
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
  ['passes', { ...freeRecord, deliveryNs: freeRecord.deliveryNs.map((ns) => ns + 15 * NS_PER_MS) }],
] as const)('%s', (passage, record) => {
  const run = cellsRun({
    recordOf: ({ path }) => (path === 'direct' ? freeRecord : record),
  });
  const { proxyCells } = analysisOf(run);
  expect(passageOf(proxyCells.find(({ arm }) => arm === 'ws@haproxy')!)).toBe(passage);
});
