import { expect, it } from 'vitest';
import { scenarioNames, scenarios } from '../scenarios/registry.ts';
import { flagNames, flagOf, flagWords, type RunFlags } from './run-flags.ts';
import { refuseForeignFlags, whyRefused } from './taken.ts';

const takers = (name: (typeof flagNames)[number]): string[] =>
  scenarioNames.filter((one) => whyRefused(name, scenarios[one]) === undefined);

it('a flag is written in words with dashes', () => {
  expect(flagNames.map(flagWords)).toEqual(
    expect.arrayContaining(['client-processes', 'max-time', 'fail-if', 'dry-run', 'rate']),
  );
});

it('every flag is taken by some scenario', () => {
  expect(flagNames.filter((name) => takers(name).length === 0)).toEqual([]);
});

it('every flag but a switch has a placeholder and an example', () => {
  const lacking = flagNames.filter((name) => {
    const { kind, value, example } = flagOf(name);
    return kind !== 'switch' && (value === undefined || example === undefined);
  });
  expect(lacking).toEqual([]);
});

it.each([
  ['loads', ['stream']],
  ['slo', ['capacity']],
  ['faults', ['reconnect']],
  ['policy', ['reconnect', 'herd']],
  ['browser', ['stream', 'browser-limits']],
  ['canary', ['stream', 'connect', 'fanout', 'slow-reader', 'burst', 'matrix']],
  [
    'rate',
    [
      'stream',
      'reconnect',
      'herd',
      'memory',
      'capacity',
      'connect',
      'slow-reader',
      'burst',
      'completions',
      'matrix',
      'own-servers',
      'head-of-line',
      'turns',
      'cancel',
      'steer',
    ],
  ],
  [
    'warmup',
    [
      'stream',
      'capacity',
      'connect',
      'fanout',
      'slow-reader',
      'burst',
      'completions',
      'matrix',
      'own-servers',
      'head-of-line',
      'voice',
      'cancel',
      'steer',
    ],
  ],
  ['blocks', scenarioNames],
] as const)('--%s is taken by %j', (name, expected) => expect(takers(name)).toEqual(expected));

it.each<[RunFlags, string, string]>([
  [
    { faults: 'kill' },
    '--faults kill: scenario burst does not take it: it injects no fault',
    'scenarios that take it: reconnect',
  ],
  [
    { slo: ['rate > 1', 'rate > 2'] },
    '--slo rate > 1: scenario burst does not take it',
    'scenarios that take it: capacity',
  ],
  [
    { resume: false },
    '--no-resume: scenario burst does not take it',
    'scenarios that take it: reconnect, herd',
  ],
])('%j is refused with the scenarios that take it', (flags, message, hint) => {
  const refuse = (): void => refuseForeignFlags(flags, scenarios.burst);
  expect(refuse).toThrow(message);
  expect(refuse).toThrow(expect.objectContaining({ code: 'USAGE', hint }) as Error);
});

it.each(scenarioNames)('%s accepts a value that means the same as no flag', (name) => {
  const flags = { path: 'direct', source: 'timer', clientProcesses: '1', serverProcesses: '1' };
  expect(() => refuseForeignFlags(flags, scenarios[name])).not.toThrow();
});
