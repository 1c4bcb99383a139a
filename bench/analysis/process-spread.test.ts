import { expect, it } from 'vitest';
import { spreadOfProcesses, type SpreadInput } from './process-spread.ts';

const TOKENS = 2000;
const GAP_NS = 1_000_000;

/**
 * One slot and one stream a process, each with every delivery at its own constant, but 1 of 50 that
 * takes ten times as long.
 */
function withDeliveries(
  constantsNs: readonly number[],
  changes: Partial<SpreadInput> = {},
): SpreadInput {
  const streams = constantsNs.length;
  const offsets = Float64Array.from({ length: TOKENS }, (_, token) => token * GAP_NS);
  const receivedNs = Float64Array.from({ length: streams * TOKENS }, (_, position) => {
    const token = position % TOKENS;
    const constantNs = constantsNs[Math.floor(position / TOKENS)]!;
    return 500 + offsets[token]! + (token % 50 === 0 ? 10 : 1) * constantNs;
  });
  return {
    population: {
      streams,
      startNs: new Float64Array(streams),
      tokens: new Int32Array(streams).fill(TOKENS),
      seeds: new Uint32Array(streams),
      slots: Int32Array.from(constantsNs, (_, slot) => slot),
      base: Int32Array.from(constantsNs, (_, stream) => stream * TOKENS),
      totalTokens: streams * TOKENS,
    },
    offsetsNs: constantsNs.map(() => offsets),
    windowStartNs: 0,
    windowEndNs: TOKENS * GAP_NS,
    server: { handlerNs: new Float64Array(streams).fill(500) },
    client: { receivedNs },
    processes: streams,
    ...changes,
  };
}

it('equal processes have a spread of 1', () => {
  expect(spreadOfProcesses(withDeliveries([1000, 1000, 1000]))).toBe(1);
});

it('the slowest is held against the median one, by their p99', () => {
  expect(spreadOfProcesses(withDeliveries([1000, 3000, 1500]))).toBe(2);
  expect(spreadOfProcesses(withDeliveries([1000, 3000, 1500, 1000]))).toBe(3);
});

it('of two processes the faster one is the measure', () => {
  expect(spreadOfProcesses(withDeliveries([5000, 1000]))).toBe(5);
});

it('slots belong to processes by their remainder', () => {
  expect(spreadOfProcesses(withDeliveries([1000, 4000, 1000, 4000], { processes: 2 }))).toBe(4);
});

it('on a timetable deliveries count from the planned start', () => {
  const late = withDeliveries([1000, 1000], { isOnTimetable: true });
  // 500 ns from the planned start to the handler are in it now: (10,000 + 500) over (10,000 + 500).
  expect(spreadOfProcesses(late)).toBe(1);
  expect(spreadOfProcesses(withDeliveries([950, 1950], { isOnTimetable: true }))).toBe(2);
});

it('a process with too few tokens in the window cannot be judged', () => {
  expect(
    spreadOfProcesses(withDeliveries([1000, 3000], { windowEndNs: 999 * GAP_NS })),
  ).toBeUndefined();
  expect(spreadOfProcesses(withDeliveries([1000, 3000], { processes: 3 }))).toBeUndefined();
});
