import { describe, expect, it } from 'vitest';
import { armName } from '../contract/arms/arms.ts';
import { faultNames, needsPrivileges, type FaultName } from '../contract/faults.ts';
import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { checkLimits } from './limits.ts';
import { repeatCommand } from '../flags/repeat.ts';
import { planTrials } from './trials.ts';

const unprivileged = (fault: FaultName) =>
  needsPrivileges(fault) ? { why: 'not root', remedy: 'run as root' } : undefined;

async function plan(
  scenario: string,
  flags: RunFlags = {},
  whyAbsent = unprivileged,
): Promise<Plan> {
  return (
    await buildPlan(
      [scenario],
      { seed: '7', ...flags },
      { randomSeed: () => 1, canPin: false, whyAbsent },
    )
  ).plan;
}

it('reconnect plans every fault that can be had, in the order of the matrix, and names the others with their remedy', async () => {
  const { loadPoints, recovery } = await plan('reconnect');
  expect(loadPoints.map(({ fault }) => fault)).toEqual(
    faultNames.filter((fault) => !needsPrivileges(fault)),
  );
  expect(recovery?.absent).toEqual(
    ['link-down', 'partition', 'packet-loss'].map((fault) => ({
      fault,
      why: 'not root',
      remedy: 'run as root',
    })),
  );
});

it('with the privileges no fault is absent', async () => {
  const { loadPoints, recovery } = await plan('reconnect', {}, () => undefined);
  expect(loadPoints.map(({ fault }) => fault)).toEqual(faultNames);
  expect(recovery?.absent).toEqual([]);
});

it('--faults picks, in the order of the matrix; both policies double the load points', async () => {
  const { loadPoints } = await plan('reconnect', {
    faults: 'kill,reset',
    policy: 'both',
    connections: '50',
  });
  expect(loadPoints).toEqual([
    { connections: 50, fault: 'reset', policy: 'identical' },
    { connections: 50, fault: 'kill', policy: 'identical' },
    { connections: 50, fault: 'reset', policy: 'as-specified' },
    { connections: 50, fault: 'kill', policy: 'as-specified' },
  ]);
});

it('herd is one fault under both policies, at every load', async () => {
  const { loadPoints, lanes } = await plan('herd', { connections: '500,2000' });
  expect(
    loadPoints.map(({ connections, fault, policy }) => `${connections} ${fault} ${policy}`),
  ).toEqual([
    '500 kill identical',
    '500 kill as-specified',
    '2000 kill identical',
    '2000 kill as-specified',
  ]);
  expect(lanes).toBeUndefined();
});

it('both transports take part, and the null arm only when it is asked for', async () => {
  expect((await plan('reconnect', { preset: 'standard' })).arms.map(armName)).toEqual([
    'sse',
    'ws',
  ]);
  expect((await plan('herd', { transports: 'sse,ws,tcp' })).arms.map(armName)).toEqual([
    'sse',
    'ws',
    'tcp',
  ]);
});

it('policies of a block share their workload, faults do not', async () => {
  const trials = planTrials(
    await plan('reconnect', { faults: 'kill,reset', policy: 'both', blocks: '1' }),
  );
  const seedsOf = (fault: string): number[] =>
    trials
      .filter(({ loadPoint }) => loadPoint.fault === fault)
      .map(({ workloadSeed }) => workloadSeed);
  expect(new Set(seedsOf('kill')).size).toBe(1);
  expect(new Set([...seedsOf('kill'), ...seedsOf('reset')]).size).toBe(2);
});

it('the command of the report plans the same run again', async () => {
  const first = await buildPlan(
    ['reconnect'],
    {
      faults: 'freeze,reset',
      policy: 'as-specified',
      heartbeat: '250ms',
      resume: false,
      blocks: '2',
      seed: '9',
      transports: 'sse/eventsource,ws/library',
    },
    { randomSeed: () => 1, canPin: false },
  );
  const command = repeatCommand(first.plan, {});
  expect(command).toContain(
    'run reconnect --preset quick --transports sse/eventsource,ws/library --connections 100 --faults reset,freeze',
  );
  const flags = Object.fromEntries(
    [...command.matchAll(/--([a-z-]+)(?: ([^-\s]\S*))?/g)].map(([, flag = '', value]) => [
      flag,
      value ?? true,
    ]),
  );
  const again = await buildPlan(
    ['reconnect'],
    { ...(flags as RunFlags), resume: !('no-resume' in flags), pin: false },
    { randomSeed: () => 2, canPin: false },
  );
  expect(again.plan).toEqual(first.plan);
});

it('an arm may have a client stack of its own', async () => {
  const { arms } = await plan('reconnect', {
    transports: 'sse/undici-eventsource,sse/eventsource,ws/library',
  });
  expect(arms.map(armName)).toEqual(['sse/undici-eventsource', 'sse/eventsource', 'ws/library']);
});

it('a relay takes two descriptors for each connection', async () => {
  const limits = { openFiles: 2000, localPorts: 28_000 };
  checkLimits(await plan('reconnect', { faults: 'kill', connections: '1700' }), limits);
  const relayed = await plan('reconnect', { faults: 'reset', connections: '1700' });
  expect(() => checkLimits(relayed, limits)).toThrow(
    '--connections 1700 needs 3840 open files in one process; the limit is 2000',
  );
});

it('a client stack that cannot stop reading is not asked to', async () => {
  const { loadPoints, recovery } = await plan('reconnect', {
    transports: 'sse/eventsource,ws/library',
    faults: 'slow-reader,reset',
  });
  expect(loadPoints.map(({ fault }) => fault)).toEqual(['reset']);
  expect(recovery?.absent).toMatchObject([
    { fault: 'slow-reader', why: 'eventsource cannot be told to stop reading' },
  ]);
});

describe('what is refused names the flag', () => {
  it.each<[string, RunFlags, string]>([
    [
      'stream',
      { faults: 'kill' },
      '--faults kill: scenario stream does not take it: it injects no fault',
    ],
    [
      'stream',
      { resume: false },
      '--no-resume: scenario stream does not take it: it injects no fault',
    ],
    [
      'stream',
      { client: 'eventsource', transports: 'sse' },
      '--client eventsource: expected probe, library, browser or browser-fetch in scenario stream: sse/eventsource reconnects by itself',
    ],
    [
      'herd',
      { faults: 'reset' },
      '--faults reset: scenario herd does not take it: it sets this itself',
    ],
    [
      'reconnect',
      { transports: 'sse,sse/probe' },
      '--transports sse,sse/probe: expected each arm once; sse is there twice',
    ],
    [
      'reconnect',
      { transports: 'sse/firefox' },
      '--transports sse/firefox: there is no client stack "firefox"',
    ],
    ['reconnect', { faults: 'kil' }, '--faults kil: there is no fault "kil"; did you mean kill?'],
    ['reconnect', { policy: 'polite' }, '--policy polite: there is no policy "polite"'],
    [
      'reconnect',
      { transports: 'sse,ndjson', policy: 'both' },
      '--policy as-specified: expected identical: as specified, a client of ndjson never comes back by itself',
    ],
    [
      'herd',
      { transports: 'sse-post,ws' },
      '--policy as-specified: expected identical: as specified, a client of sse-post never comes back',
    ],
    ['reconnect', { heartbeat: '5ms' }, '--heartbeat 5ms: expected between 100ms and 60s'],
    [
      'reconnect',
      { duration: '5s' },
      '--duration 5s: scenario reconnect does not take it: its faults determine how long streams and trials are',
    ],
    [
      'reconnect',
      { payload: 'openai' },
      '--payload openai: expected a payload whose numbers a client resumes by',
    ],
    [
      'reconnect',
      { client: 'eventsource' },
      '--client eventsource: expected a stack that speaks ws',
    ],
    [
      'reconnect',
      { faults: 'link-down' },
      '--faults link-down: link-down cannot be had here: not root',
    ],
  ])('%s %j', async (scenario, flags, message) => {
    await expect(plan(scenario, flags)).rejects.toThrow(message);
  });
});
