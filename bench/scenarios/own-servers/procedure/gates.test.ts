import { expect, it } from 'vitest';
import type { TargetStream, TargetTally } from '../../../contract/target.ts';
import { NS_PER_MS, NS_PER_S } from '../../../contract/units.ts';
import type { HostReadings } from '../../../trial/host-watch.ts';
import { checkTargetGates } from './gates.ts';
import type { MeasuredTarget } from './measured-target.ts';

const host: HostReadings = {
  stealMean: 0,
  stealMax: 0,
  busyNs: undefined,
  ownNs: 0,
  wallNs: 1,
  cpus: 2,
  throttledNs: undefined,
  swappedInPages: undefined,
  outOfMemoryKills: undefined,
};

const stream = (over: Partial<TargetStream> = {}): TargetStream => ({
  plannedNs: NS_PER_S,
  startNs: NS_PER_S + 0.1 * NS_PER_MS,
  endNs: 2 * NS_PER_S,
  bytesRead: 1000,
  reads: 10,
  events: 10,
  tokenEvents: 10,
  isWhole: true,
  reached: 3,
  checkable: 3,
  ...over,
});

const tally = (over: Partial<TargetTally> = {}): TargetTally => ({
  node: 'v24',
  use: {
    wallNs: NS_PER_S,
    cpuUserNs: 0,
    cpuSystemNs: 0,
    eventLoopUtilisation: 0.1,
    eventLoopUtilisationMax: 0.2,
    gcMinorNs: 0,
    gcMajorNs: 0,
    gcOtherNs: 0,
    heapUsedBytes: 0,
    externalBytes: 0,
  },
  startsPlanned: 20,
  startsIssued: 20,
  startsDropped: 0,
  streams: Array.from({ length: 20 }, () => stream()),
  interTokenNs: [],
  interChunkNs: [],
  gapsLeftOut: 0,
  causes: [],
  dialects: {},
  httpVersions: [],
  notCheckable: [],
  ...over,
});

const gate = (id: string, over: Partial<TargetTally>) =>
  checkTargetGates({
    host,
    tally: tally(over),
    tracers: [],
    server: undefined,
  } as unknown as MeasuredTarget).find((one) => one.id === id);

it('a trial in which more than a tenth of the streams failed proves nothing, and says why', () => {
  const cut = Array.from({ length: 3 }, () => stream({ isWhole: false }));
  const streams = [...tally().streams.slice(3), ...cut];
  const causes = [{ cause: 'cut', count: 3, example: 'a reset' }];
  expect(gate('C5', { streams: tally().streams })).toMatchObject({ ok: true, value: 0 });
  expect(gate('C5', { streams, causes })).toMatchObject({
    ok: false,
    kind: 'correctness',
    value: 0.15,
    note: 'cut ×3: `a reset`',
  });
});

it('a trial without a stream, or without a token, is no success', () => {
  expect(gate('C11', { streams: [] })?.ok).toBe(false);
  expect(gate('C11', { streams: [stream({ tokenEvents: 0 })] })?.ok).toBe(false);
});

it('starts that were left out, and starts that came late, are the harness’s fault', () => {
  expect(gate('H1', { startsDropped: 1 })).toMatchObject({ ok: false, kind: 'harness' });
  const late = tally().streams.map(({ plannedNs }) =>
    stream({ plannedNs, startNs: plannedNs + 6 * NS_PER_MS }),
  );
  expect(gate('H3', { streams: late })).toMatchObject({ ok: false, kind: 'harness' });
});

it('a starved load process is named', () => {
  const use = { ...tally().use, eventLoopUtilisation: 0.9, eventLoopUtilisationMax: 1 };
  expect(gate('H2', { use })?.ok).toBe(false);
});
