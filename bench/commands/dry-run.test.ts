import { expect, it } from 'vitest';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { describePlan } from './dry-run.ts';

const surroundings = { randomSeed: () => 7, canPin: true, canPilot: true };

const withoutPartition = (fault: string) =>
  fault === 'partition' ? { why: 'not root', remedy: 'run as root' } : undefined;

const describeFlags = async (scenario: string, flags: RunFlags = {}): Promise<string> =>
  describePlan(await buildPlan([scenario], flags, surroundings)).replaceAll(/\s+/g, ' ');

it('loads that a pilot must find are shares, and it is said that it takes time too', async () => {
  const text = await describeFlags('stream', { preset: 'standard' });
  expect(text).toContain(
    'load 10 %, 50 %, 70 % of what the weaker arm carries, which a pilot of a few short trials finds out first',
  );
  expect(text).toContain(
    'trials 117: 12 blocks and 1 of burn-in, 9 trials each, with 4 s of warm-up and a window of 5 s',
  );
  expect(text).toMatch(/time about \d+ min \d\d s, and the pilot/);
});

it('loads that are known are named', async () => {
  expect(await describeFlags('stream', { connections: '100,200', aa: true })).toContain(
    'arms sse (baseline), ws, sse+copy (noise floor) load 100 connections; 200 connections workload steady: 20 tokens/s, 150 tokens a stream',
  );
  expect(await describeFlags('stream', { loads: '10%', carries: '500' })).toContain(
    'load 50 connections, 10 % of capacity',
  );
});

it('faults run side by side, and one that cannot be had is left out with its fix', async () => {
  const flags = { faults: 'kill,partition' };
  const text = describePlan(
    await buildPlan(['reconnect'], flags, { ...surroundings, whyAbsent: withoutPartition }),
  ).replaceAll(/\s+/g, ' ');
  expect(text).toContain('left out partition: not root; run as root');
  expect(text).toContain('trials 6: 3 blocks, 2 trials each, 6 side by side, with one fault');
});

it('a run that stops by itself takes as long as it may at most', async () => {
  expect(
    await describeFlags('stream', { connections: '10', precision: '5%', maxTime: '2m' }),
  ).toContain('time until the intervals are as narrow as asked, at most 2 min 00 s');
});

it('transports that the scenario cannot measure are named, with the reason', async () => {
  expect(await describeFlags('burst', { transports: 'all' })).toContain(
    'ws-mux:100 left out buffered (sends a stream as a whole, once all of it is generated) load 200',
  );
  expect(await describeFlags('matrix')).not.toContain('left out');
});
