import { expect, it } from 'vitest';
import { armName } from '../contract/arms/arms.ts';
import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { repeatCommand } from '../flags/repeat.ts';
import { planTrials } from './trials.ts';

const surroundings = { randomSeed: () => 1, canPin: false };

const plan = async (flags: RunFlags = {}): Promise<Plan> => ({
  ...(await buildPlan([], { seed: '7', ...flags }, surroundings)).plan,
  burnInBlocks: 1,
});

it('every block has every arm once at every load point, with one workload seed for all arms', async () => {
  const trials = planTrials(
    await plan({ transports: 'sse,ws,tcp', connections: '10,20', blocks: '12' }),
  );
  expect(trials).toHaveLength(13 * 2 * 3);
  for (let block = 0; block <= 12; block++) {
    for (const connections of [10, 20]) {
      const members = trials.filter(
        (trial) => trial.block === block && trial.loadPoint.connections === connections,
      );
      expect(members.map((trial) => armName(trial.arm)).sort()).toEqual(['sse', 'tcp', 'ws']);
      expect(members.map((trial) => trial.order)).toEqual([0, 1, 2]);
      expect(new Set(members.map((trial) => trial.workloadSeed)).size).toBe(1);
      // The arms of a block are adjacent in time, so that drift affects them alike.
      expect(members[2]!.trial - members[0]!.trial).toBe(2);
    }
  }
  expect(trials.filter((trial) => trial.burnIn).every((trial) => trial.block === 0)).toBe(true);
});

it('blocks have workloads of their own', async () => {
  const trials = planTrials(await plan({ blocks: '20' }));
  expect(new Set(trials.map((trial) => trial.workloadSeed)).size).toBe(21);
});

it('who goes first is a coin flip', async () => {
  const firsts = planTrials(await plan({ blocks: '1000' })).filter((trial) => trial.order === 0);
  const sse = firsts.filter((trial) => trial.arm.transport === 'sse').length;
  // Binomial(1001, ½): four standard deviations are 63.
  expect(Math.abs(sse - 500)).toBeLessThan(63);
});

it('the seed alone decides the order and the set-up', async () => {
  expect(planTrials(await plan())).toEqual(planTrials(await plan()));
  expect(planTrials(await plan({ seed: '8' }))).not.toEqual(planTrials(await plan()));
});

it('with --pin the CPUs are swapped every block', async () => {
  const trials = planTrials(await plan({ pin: true }));
  expect(trials.slice(0, 4).map(({ setup }) => [setup.serverCpu, setup.clientCpu])).toEqual([
    [0, 1],
    [0, 1],
    [1, 0],
    [1, 0],
  ]);
});

it('the printed command plans the same run', async () => {
  const first = await plan({
    transports: 'ws,sse',
    connections: '10,20',
    rate: '12.5',
    payload: 'openai',
    blocks: '9',
    duration: '2s',
    pin: true,
    aa: true,
    precision: 'delivery.p50,delivery.p99:7.5%',
    maxTime: '90s',
    pilot: true,
    rerun: true,
  });
  const words = repeatCommand(first, {}).split(' ').slice(2);
  expect(words[0]).toBe('stream');
  const flags: Record<string, string | boolean> = {};
  for (let at = 1; at < words.length; at++) {
    const name = words[at]!.slice(2).replace('max-time', 'maxTime');
    const value = words[at + 1];
    if (name === 'no-pin') flags[name.slice(3)] = false;
    else if (value === undefined || value.startsWith('--')) flags[name] = true;
    else {
      flags[name] = value;
      at++;
    }
  }
  expect({ ...(await buildPlan(['stream'], flags, surroundings)).plan, burnInBlocks: 1 }).toEqual(
    first,
  );
});

it.each([
  [{ connections: '0' }, '--connections 0: expected a whole number'],
  [{ transports: 'sse,quic' }, 'there is no transport "quic"'],
  [{ transports: 'tcp,sse' }, 'a transport other than the null arm tcp as the first'],
  [{ preset: 'slow' }, 'there is no preset "slow"'],
  [{ workload: 'nothing' }, 'there is no workload "nothing", and no file of that name'],
  [{ payload: 'xml' }, 'there is no payload "xml"'],
  [{ client: 'curl' }, 'there is no client stack "curl"'],
  [{ duration: '5' }, '--duration 5: expected a duration with its unit'],
  [{ warmup: '1ms' }, '--warmup 1ms: expected between 500ms and 1h'],
  [{ seed: '-1' }, '--seed -1: expected a whole number'],
  [{ precision: '5' }, '--precision 5: expected a percentage'],
  [
    { precision: 'delivery.p51:5%' },
    '--precision delivery.p51:5%: there is no metric "delivery.p51"',
  ],
  [{ maxTime: '5m' }, '--max-time 5m: expected it together with --precision'],
  [{ blocks: '0' }, '--blocks 0: expected a whole number from 1'],
] as const)('%j is refused: %s', async (flags, message) => {
  await expect(plan(flags)).rejects.toThrow(message);
});

it('a scenario that does not exist is refused, and so are two', async () => {
  await expect(buildPlan(['storm'], {}, surroundings)).rejects.toThrow(
    'there is no scenario "storm"',
  );
  await expect(buildPlan(['stream', 'stream'], {}, surroundings)).rejects.toThrow(
    'one scenario a run, not 2',
  );
});
