import { describe, expect, it } from 'vitest';
import { armName } from '../contract/arms/arms.ts';
import { leftOutWords } from '../contract/left-out.ts';
import { repeatCommand } from '../flags/repeat.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan, type BuiltPlan } from './build-plan.ts';
import { planTrials } from './trials.ts';

const build = async (scenario: string, flags: RunFlags = {}): Promise<BuiltPlan> =>
  await buildPlan([scenario], { seed: '7', ...flags }, { randomSeed: () => 1, canPin: false });

const namesOf = ({ plan }: BuiltPlan): string => plan.arms.map(armName).join();

const unshared = 'sse,ws,sse-post,ndjson,sse-gzip,ws-binary,ws-deflate,ws-deflate-no-takeover';
const streamed = `${unshared},sse-h2:100,ws-mux:100`;
const contenders = `${streamed},buffered`;
const WHY_SHARED =
  'puts several streams on a connection, so that what happens to one connection happens to all of them';
const SHARED = `sse-h2, ws-mux (${WHY_SHARED})`;
const NOT_STREAMED = 'buffered (sends a stream as a whole, once all of it is generated)';

describe('--transports all', () => {
  it.each([
    ['stream', {}, contenders],
    ['stream', { preset: 'standard' }, contenders.replace('ws,', 'ws,tcp,')],
    ['memory', { preset: 'standard' }, contenders],
    ['memory', { client: 'library' }, contenders.replaceAll(/[^,]+/g, '$&/library')],
  ] as const)('in %s with %j is every transport', async (scenario, flags, arms) => {
    const built = await build(scenario, { transports: 'all', ...flags });
    expect(namesOf(built)).toBe(arms);
    expect(built.leftOut).toEqual([]);
  });

  it.each([
    ['burst', {}, streamed, NOT_STREAMED],
    [
      'completions',
      {},
      `${unshared},sse-h2:100,buffered`,
      'ws-mux (has no words to ask for a stream that was not planned)',
    ],
    ['reconnect', {}, unshared, `${SHARED}; ${NOT_STREAMED}`],
    [
      'herd',
      {},
      unshared.replace('sse-post,ndjson,', ''),
      `sse-post, ndjson (never comes back by itself under policy as-specified); ${SHARED}; ${NOT_STREAMED}`,
    ],
    ['herd', { policy: 'identical' }, unshared, `${SHARED}; ${NOT_STREAMED}`],
    [
      'completions',
      { client: 'autocannon' },
      'sse/autocannon',
      `${contenders.replace('sse,', '').replaceAll(/:100/g, '').replaceAll(',', ', ')} (is not spoken by client stack autocannon)`,
    ],
  ] as const)(
    'in %s with %j leaves out what it cannot measure, by name and with the reason',
    async (scenario, flags, arms, leftOut) => {
      const built = await build(scenario, { transports: 'all', ...flags });
      expect(namesOf(built)).toBe(arms);
      expect(leftOutWords(built.leftOut)).toBe(leftOut);
    },
  );

  it('with a copy of the baseline has the copy of its first arm', async () => {
    expect(namesOf(await build('stream', { transports: 'all', aa: true }))).toBe(
      `${contenders},sse+copy`,
    );
  });

  it('refuses a client stack that the scenario takes over no transport', async () => {
    await expect(build('stream', { transports: 'all', client: 'eventsource' })).rejects.toThrow(
      '--client eventsource: expected probe, library, browser or browser-fetch in scenario stream: sse/eventsource reconnects by itself',
    );
  });

  it.each(['all,sse', 'sse,all', 'all/library', 'all+tls'])(
    'is no part of a list: %s',
    async (transports) => {
      await expect(build('stream', { transports })).rejects.toThrow(
        `--transports ${transports}: expected all by itself, with --client for its client stack, or a list of arms`,
      );
    },
  );

  it('leaves nothing out of a list, which is refused instead', async () => {
    expect((await build('stream', { transports: 'ws,sse' })).leftOut).toEqual([]);
    await expect(build('burst', { transports: 'sse,buffered' })).rejects.toThrow(
      '--transports buffered: expected',
    );
  });

  it('is repeated by the names of its arms', async () => {
    const { plan } = await build('burst', { transports: 'all' });
    expect(repeatCommand(plan, {})).toContain(`--transports ${streamed} --client probe`);
  });
});

describe('scenario matrix', () => {
  it('measures all transports unless some are named, and the null arm where the preset has it', async () => {
    expect(namesOf(await build('matrix'))).toBe(contenders);
    expect(namesOf(await build('matrix', { preset: 'standard' }))).toBe(
      contenders.replace('ws,', 'ws,tcp,'),
    );
    expect(namesOf(await build('matrix', { transports: 'ws,sse' }))).toBe('ws,sse');
  });

  it('has every arm once in each block, with one workload, in an order that is drawn anew', async () => {
    const { plan } = await build('matrix', { preset: 'quick' });
    const blocks = [...Map.groupBy(planTrials(plan), ({ block }) => block).values()];
    expect(blocks).toHaveLength(13);
    for (const trials of blocks) {
      expect(trials.map(({ arm }) => armName(arm)).toSorted()).toEqual(
        contenders.split(',').toSorted(),
      );
      expect(new Set(trials.map(({ workloadSeed }) => workloadSeed)).size).toBe(1);
    }
    const orders = blocks.map((trials) => trials.map(({ arm }) => armName(arm)).join());
    expect(new Set(orders).size).toBe(blocks.length);
  });

  it.each<[RunFlags, string]>([
    [
      { precision: '5%' },
      '--precision 5%: scenario matrix does not take it: an answer that is not',
    ],
    [{ pilot: true }, '--pilot: scenario matrix does not take it: an answer that is not streamed'],
    [{ client: 'browser' }, '--client browser: expected probe or library in scenario matrix'],
  ])('refuses %j', async (flags, message) => {
    await expect(build('matrix', flags)).rejects.toThrow(message);
  });
});
