import { expect, it } from 'vitest';
import type { Member } from './member.ts';
import { mergeReadings } from './read-agents.ts';

const memberOf = (id: string, part: Member['part'], bootId: string): Member =>
  ({ part, announcement: { id, bootId } }) as Member;

function readingsOf(given: { busyNs?: number; ownNs: number; stealMean: number; cpuNs: number }) {
  const { cpuNs, ...host } = given;
  return {
    host: { wallNs: 1000, cpus: 2, swappedInPages: 1, ...host },
    processes: [{ atNs: 1000, serverCpuNs: cpuNs, clientCpuNs: 0, serverResidentBytes: 7 }],
    calls: { spanNs: 1000, serverReads: 1, serverWrites: 2, clientReads: 3, clientWrites: 4 },
    tracers: [],
  };
}

const server = {
  member: memberOf('1', 'server', 'one'),
  readings: readingsOf({ busyNs: 500, ownNs: 10, stealMean: 0.1, cpuNs: 30 }),
};
const beside = {
  member: memberOf('2', 'load', 'one'),
  readings: readingsOf({ busyNs: 501, ownNs: 20, stealMean: 0.1, cpuNs: 5 }),
};
const elsewhere = {
  member: memberOf('3', 'load', 'two'),
  readings: readingsOf({ busyNs: 300, ownNs: 30, stealMean: 0.4, cpuNs: 5 }),
};
const controller = { bootId: 'one', cpuNs: 40 };

it('two agents on one machine count it once, with the controller where it is there', () => {
  const { host } = mergeReadings([server, beside], controller);
  expect(host).toMatchObject({ busyNs: 500, cpus: 2, ownNs: 70, stealMean: 0.1 });
});

it('machines are added up, and the worst is what the hypervisor did', () => {
  const { host, processes, calls } = mergeReadings([server, beside, elsewhere], {
    ...controller,
    bootId: 'three',
  });
  expect(host).toMatchObject({
    busyNs: 800,
    cpus: 4,
    ownNs: 60,
    stealMean: 0.4,
    swappedInPages: 2,
  });
  expect(processes).toEqual([
    { atNs: 1000, serverCpuNs: 40, clientCpuNs: 0, serverResidentBytes: 21 },
  ]);
  expect(calls).toMatchObject({ serverReads: 3, clientWrites: 12, spanNs: 1000 });
});

it('what one machine cannot tell is unknown of all', () => {
  const { readings, member } = elsewhere;
  const { busyNs: _busy, ...host } = readings.host;
  const merged = mergeReadings([server, { member, readings: { ...readings, host } }], controller);
  expect(merged.host.busyNs).toBeUndefined();
});
