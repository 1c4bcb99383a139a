import { describe, expect, it } from 'vitest';
import type { ScenarioId } from '../contract/run-file.ts';
import type { RunFlags } from './run-flags.ts';
import { repeatSuite } from './repeat.ts';
import { readScenarios, shareFlags, shareThresholds } from './suite.ts';

/** The part of these flags that each scenario gets. */
const shared = (named: readonly ScenarioId[], flags: RunFlags): Record<string, RunFlags> =>
  Object.fromEntries(shareFlags(named, flags).map((own, index) => [named[index], own]));

describe('a flag', () => {
  it.each([
    ['preset', 'smoke'],
    ['seed', '7'],
    ['transports', 'sse,ws'],
    ['client', 'library'],
    ['blocks', '3'],
    ['payload', 'openai'],
    ['pin', false],
    ['aa', true],
    ['precision', '5%'],
  ] as const)('--%s goes to every scenario', (flag, value) => {
    expect(shared(['stream', 'capacity', 'reconnect'], { [flag]: value })).toEqual({
      stream: { [flag]: value },
      capacity: { [flag]: value },
      reconnect: { [flag]: value },
    });
  });

  it.each([
    [{ faults: 'kill' }, ['stream', 'reconnect'], { stream: {}, reconnect: { faults: 'kill' } }],
    [{ faults: 'kill' }, ['herd', 'reconnect'], { herd: {}, reconnect: { faults: 'kill' } }],
    [{ policy: 'both' }, ['herd', 'stream'], { herd: { policy: 'both' }, stream: {} }],
    [{ resume: false }, ['reconnect', 'burst'], { reconnect: { resume: false }, burst: {} }],
    [
      { slo: ['delivery.p99 <= 50ms'] },
      ['stream', 'capacity'],
      { stream: {}, capacity: { slo: ['delivery.p99 <= 50ms'] } },
    ],
    [
      { duration: '5s', warmup: '1s' },
      ['reconnect', 'stream'],
      { reconnect: {}, stream: { duration: '5s', warmup: '1s' } },
    ],
    [{ rate: '20' }, ['fanout', 'stream'], { fanout: {}, stream: { rate: '20' } }],
    [
      { warmup: '1s', duration: '2s' },
      ['memory', 'stream'],
      { memory: { duration: '2s' }, stream: { warmup: '1s', duration: '2s' } },
    ],
    [{ canary: true }, ['capacity', 'stream'], { capacity: {}, stream: { canary: true } }],
    [{ stamps: true }, ['capacity', 'stream'], { capacity: {}, stream: { stamps: true } }],
    [
      { clientProcesses: '2' },
      ['completions', 'stream'],
      { completions: {}, stream: { clientProcesses: '2' } },
    ],
    [
      { tokens: '80' },
      ['stream', 'slow-reader', 'herd'],
      { stream: { tokens: '80' }, 'slow-reader': {}, herd: {} },
    ],
  ] as const)('%j of %j goes where it means something', (flags, named, expected) => {
    expect(shared(named, flags)).toEqual(expected);
  });

  it.each([
    [{ connections: '100' }, '--connections 100: it means something else in each scenario'],
    [{ faults: 'kill' }, '--faults kill: none of stream, burst takes it'],
    [{ slo: ['delivery.p99 <= 5ms'] }, '--slo delivery.p99 <= 5ms: none of stream, burst takes it'],
    [{ policy: 'both' }, '--policy both: none of stream, burst takes it'],
    [{ resume: false }, '--no-resume: none of stream, burst takes it'],
    [
      { precision: 'detection.p95:5%' },
      '--precision detection.p95:5%: there is no metric "detection.p95"',
    ],
  ])(
    '%j that no scenario could use, or that means something else in each, is refused by name',
    (flags, message) => {
      expect(() => shareFlags(['stream', 'burst'], flags)).toThrow(message);
    },
  );

  it('that none takes is refused with the scenarios that do', () => {
    expect(() => shareFlags(['stream', 'burst'], { policy: 'both' })).toThrow(
      expect.objectContaining({ hint: 'scenarios that take it: reconnect, herd' }) as Error,
    );
  });

  it.each([
    [{ path: 'direct' }, ['memory', 'burst']],
    [{ clientProcesses: '1' }, ['herd', 'stream']],
  ] as const)('%j means the same as none, so every one of %j takes it', (flags, named) => {
    expect(shareFlags(named, flags)).toEqual([flags, flags]);
  });

  it('of a comparison is not for counts, which are measured without it', () => {
    const flags = { aa: true, precision: '5%', maxTime: '1m' };
    expect(shared(['browser-limits', 'stream'], flags)).toEqual({
      'browser-limits': {},
      stream: flags,
    });
  });
});

it('each scenario gets the metrics of --precision that it measures, and one without any of them no stopping rule', () => {
  const flags = { precision: 'open.p50,delivery.p50:5%', maxTime: '2m', blocks: '9' };
  expect(shared(['stream', 'burst', 'reconnect'], flags)).toEqual({
    stream: flags,
    burst: { ...flags, precision: 'delivery.p50:5%' },
    reconnect: { blocks: '9' },
  });
});

describe('a threshold', () => {
  const places = [
    { scenario: 'stream', arms: ['sse', 'ws', 'tcp'] },
    { scenario: 'burst', arms: ['sse', 'ws'] },
    { scenario: 'reconnect', arms: ['sse', 'ws'] },
  ] as const;

  it('is judged in every scenario that has its metric and its arm', () => {
    const texts = [
      'delivery.p99 > 50ms',
      'resumed.p95 > 3s',
      'tcp:delivery.p50 > 1ms',
      'open.p50 > 5ms',
    ];
    expect(shareThresholds(texts, places)).toEqual([
      ['delivery.p99 > 50ms', 'tcp:delivery.p50 > 1ms', 'open.p50 > 5ms'],
      ['delivery.p99 > 50ms'],
      ['resumed.p95 > 3s'],
    ]);
  });

  it('that no scenario can judge is refused, with what each of them has', () => {
    const refused = {
      message: '--fail-if speed > 3ms: there is no metric "speed"',
      hint: expect.stringMatching(/^stream: known: .*\nburst: /) as string,
    };
    expect(() => shareThresholds(['speed > 3ms'], places)).toThrow(
      expect.objectContaining(refused) as Error,
    );
  });

  it('with a limit that does not fit its metric is refused though other scenarios lack the metric', () => {
    expect(() => shareThresholds(['resumed.p95 > 3'], places)).toThrow(
      'a limit of resumed.p95 in ns, us, µs, ms or s',
    );
  });
});

it('scenarios are known, and named once', () => {
  expect(readScenarios(['memory', 'capacity'])).toEqual(['memory', 'capacity']);
  expect(() => readScenarios(['memory', 'storm'])).toThrow('there is no scenario "storm"');
  expect(() => readScenarios(['memory', 'stream', 'memory'])).toThrow(
    'each scenario once: memory is there twice',
  );
});

it('the command that repeats a suite says what was given and what was drawn, and not where the result went', () => {
  const flags = {
    transports: 'sse,ws',
    clientProcesses: '2',
    failIf: ['delivery.p99 > 50ms', "tcp:open.p50 > 1ms'"],
    rerun: false,
    aa: true,
    pin: false,
    out: '/tmp/x',
    quiet: true,
  };
  expect(repeatSuite(['memory', 'stream'], flags, { preset: 'quick', seed: 7 })).toBe(
    String.raw`streamduel run memory stream --transports sse,ws --client-processes 2 --fail-if 'delivery.p99 > 50ms' --fail-if 'tcp:open.p50 > 1ms'\''' --no-rerun --aa --no-pin --preset quick --seed 7`,
  );
});
