import { expect, it } from 'vitest';
import { failingTally, waitingTally } from '../fixture.ts';
import type { BrowserLimitsTally } from '../../../contract/browser-limits.ts';
import type { HostReadings } from '../../../trial/host-watch.ts';
import { checkPageGates } from './gates.ts';

const host: HostReadings = {
  stealMean: 0,
  stealMax: 0.2,
  busyNs: undefined,
  ownNs: 0,
  wallNs: 1,
  cpus: 2,
  throttledNs: undefined,
  swappedInPages: undefined,
  outOfMemoryKills: undefined,
};

const gate = (id: string, tally: BrowserLimitsTally) =>
  checkPageGates({ tally, host, tracers: [] }).find((one) => one.id === id);

it('a page and a server that count the same streams as open are right', () => {
  expect(gate('C11', waitingTally)).toMatchObject({ ok: true, value: 0 });
  expect(gate('C11', failingTally)).toMatchObject({ ok: true, value: 0 });
});

it.each([5, 7])(
  'of six streams that the page calls open, %i on the server make the trial invalid',
  (serverStreams) => {
    expect(gate('C11', { ...waitingTally, serverStreams })).toMatchObject({
      ok: false,
      kind: 'correctness',
      value: 1,
      note: `the page had 6 open, the server ${serverStreams}`,
    });
  },
);

it('a stream that ended by itself made room that nobody asked for', () => {
  expect(gate('C12', waitingTally)?.ok).toBe(true);
  expect(gate('C12', { ...waitingTally, brokenStreams: 1 })).toMatchObject({
    ok: false,
    kind: 'correctness',
  });
});

it('a machine whose time was stolen is named', () => {
  expect(gate('N1', waitingTally)?.ok).toBe(true);
  expect(gate('N1max', waitingTally)?.ok).toBe(false);
});
