import { expect, test } from 'vitest';
import type { CompletedTrial, Plan } from '../../contract/run-file.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { analyse } from '../../analysis/analyse.ts';
import { fanoutReading } from './reading.ts';

const FACTOR = 1.5;
const loadsAt = (connections: readonly [number, number]): Plan['loadPoints'] =>
  connections.map((count, stopped) => ({ connections: count, messagesPerSecond: 50, stopped }));

function asFanout(trial: CompletedTrial): CompletedTrial {
  const { connections } = trial.loadPoint;
  const stopped = connections === 100 ? 0 : 1;
  const stall = { stopped: 1, blocked: trial.block % 2, cut: 0 };
  return {
    ...trial,
    loadPoint: { connections: 100, messagesPerSecond: 50, stopped },
    ...(stopped === 1 && { stall }),
  };
}

/**
 * CPU of SSE is 1.5 times as high when a subscriber does not read; all else is equal. `connections`
 * tells load points apart.
 */
function fanoutRun() {
  const run = fixtureRun({
    plan: { scenario: 'fanout', loadPoints: loadsAt([100, 101]) },
    blocks: 12,
    edit: asFanout,
    factor: (quantity, transport, connections) =>
      quantity === 'serverCpu' && transport === 'sse' && connections === 101 ? FACTOR : 1,
  });
  const { header } = run;
  const plan = { ...header.plan, loadPoints: loadsAt([100, 100]) };
  return { ...run, header: { ...header, plan } };
}

test('each arm is held against itself with one subscriber who does not read, over blocks', () => {
  const { fanout } = analyse(fanoutRun(), fanoutReading);
  expect(fanout.stopped).toHaveLength(1);
  const [stopped] = fanout.stopped;
  expect(stopped!.loadPoint).toEqual({ connections: 100, messagesPerSecond: 50, stopped: 1 });
  const cpu = stopped!.effects.filter(({ metric }) => metric === 'cpu.server.token');
  expect(cpu.map(({ arm, blocks }) => [arm, blocks])).toEqual([
    ['sse', 12],
    ['ws', 12],
  ]);
  // The two load points of a block do not share their drawn disturbance in the fixture, hence the
  // width.
  expect(cpu[0]!.ratio!.low).toBeLessThan(FACTOR);
  expect(cpu[0]!.ratio!.high).toBeGreaterThan(FACTOR);
  expect(cpu[1]!.ratio!.low).toBeLessThan(1);
  expect(cpu[1]!.ratio!.high).toBeGreaterThan(1);
});

test('the trials in which its socket was full are counted', () => {
  const [stopped] = analyse(fanoutRun(), fanoutReading).fanout.stopped;
  expect([stopped!.trials, stopped!.blockedTrials]).toEqual([24, 12]);
});
