import { expect, it } from 'vitest';
import type { Course } from '../contract/course.ts';
import { NS_PER_MS, NS_PER_S } from '../contract/units.ts';
import { fixtureRun } from './analysis-fixture.ts';
import { coursesOf } from './courses.ts';

const P99 = 3 * NS_PER_MS;

/** Ten seconds, in one of which delivery was slow, and a CPU that is busy for a tenth. */
function courseWith(slow: number | undefined, p99Ns = 0): Course {
  const seconds = Array.from({ length: 10 }, (_, second) => second);
  return {
    stepNs: NS_PER_S,
    steps: seconds.map((second) => ({
      tokens: 500,
      deliveryP50Ns: NS_PER_MS,
      deliveryP99Ns: second === slow ? p99Ns : P99,
    })),
    processes: seconds.map((second) => ({
      atNs: (second + 1) * NS_PER_S,
      serverCpuNs: (second + 1) * 0.1 * NS_PER_S,
      clientCpuNs: (second + 1) * 0.2 * NS_PER_S,
      serverResidentBytes: 1000 + second,
    })),
  };
}

const isStalled = (block: number, transport: string): boolean => block === 2 && transport === 'ws';

it('a stall of one trial is the upper edge of its second, and is named; the median stays', () => {
  const [point] = coursesOf(
    fixtureRun({
      blocks: 3,
      edit: (trial) => ({
        ...trial,
        course: courseWith(isStalled(trial.block, trial.arm.transport) ? 4 : undefined, 900e6),
      }),
    }),
  );
  const [sse, ws] = point!.arms;
  expect(ws!.quantities.deliveryP99Ns[4]).toEqual({ step: 4, median: P99, low: P99, high: 900e6 });
  expect(sse!.quantities.deliveryP99Ns[4]).toEqual({ step: 4, median: P99, low: P99, high: P99 });
  expect(ws!.worst).toMatchObject({ block: 2, step: 4, deliveryP99Ns: 900e6, usualNs: P99 });
});

it('CPU is the share between two readings, memory the last reading', () => {
  const [point] = coursesOf(
    fixtureRun({ blocks: 2, edit: (trial) => ({ ...trial, course: courseWith(undefined) }) }),
  );
  const { quantities } = point!.arms[0]!;
  expect(quantities.serverCpuShare).toHaveLength(10);
  expect(quantities.serverCpuShare[9]!.median).toBeCloseTo(0.1, 9);
  expect(quantities.clientCpuShare[3]!.median).toBeCloseTo(0.2, 9);
  expect(quantities.serverResidentBytes[3]!.median).toBe(1003);
  expect(quantities.tokensPerSecond[0]!.median).toBe(500);
});

it('a reading a moment after another one is no second of its own', () => {
  const { processes = [], ...course } = courseWith(undefined);
  const last = processes.at(-1)!;
  const again = { ...last, atNs: last.atNs + NS_PER_MS, serverCpuNs: last.serverCpuNs + 10e6 };
  const [point] = coursesOf(
    fixtureRun({
      blocks: 2,
      edit: (trial) => ({ ...trial, course: { ...course, processes: [...processes, again] } }),
    }),
  );
  expect(point!.arms[0]!.quantities.serverCpuShare.at(-1)!.high).toBeCloseTo(0.1, 9);
});

it('a run that kept no courses has none', () => {
  expect(coursesOf(fixtureRun({ blocks: 2 }))).toEqual([]);
});
