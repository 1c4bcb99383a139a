// A page that receives, as a user measures it; and a delay injected into the server, which must be
// found in the page.

import { afterAll, expect, it } from 'vitest';
import { isSteady } from './analysis/measured-trials.ts';
import { CliFolder } from './cli-fixture.ts';
import { quantileOf } from './contract/distribution.ts';
import type { CompletedTrial, Plan } from './contract/run-file.ts';
import { armName } from './contract/arms/arms.ts';
import { type ClientStack } from './contract/arms/stacks.ts';
import { type TransportId } from './contract/arms/transports.ts';
import { NS_PER_MS } from './contract/units.ts';
import { procedureOf } from './scenarios/procedures.ts';
import { isUntested, whyNoBrowser } from './missing-fixture.ts';
import { firstTrial, planOf, quietOptions } from './trial/measure-fixture.ts';

const noBrowser = isUntested('pages that receive', whyNoBrowser());
const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

it.skipIf(noBrowser)(
  'the command ends in a report that says what the page saw, and how well its clock was known',
  async () => {
    const { code, stdout, stderr } = await place.run(
      'run',
      '--client',
      'browser',
      '--preset',
      'smoke',
      '--seed',
      '7',
      '--quiet',
    );
    expect(stderr).toBe('');
    // Exit code 1 means that the machine was too busy for the gates.
    expect([0, 1]).toContain(code);
    expect(stdout).toMatch(/SSE \(browser-fetch client\): from the write to the DOM/);
    const trials = place.readTrials('smoke').filter(isSteady);
    expect(trials.map(({ arm }) => armName(arm)).toSorted()).toEqual(
      ['sse/browser', 'sse/browser-fetch', 'ws/browser'].flatMap((arm) => [arm, arm]),
    );
    for (const { gates, client, distributions, planned } of trials) {
      expect(gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
      expect(client).toMatchObject({ streamsVerified: planned.streams, errors: [] });
      expect(distributions.appendTransportNs!.count).toBe(planned.windowTokens);
      // Gates that cannot be judged for a page say so in a note instead of passing silently.
      const unseen = gates
        .filter(({ value, note }) => value === undefined && note?.startsWith('not judged') === true)
        .map(({ id }) => id);
      expect(unseen).toEqual(expect.arrayContaining(['H2max', 'H4', 'H5', 'H7']));
      expect(gates.find(({ id }) => id === 'N8')?.value).toBeGreaterThan(0);
      expect(gates.find(({ id }) => id === 'H14')).toMatchObject({ ok: true });
    }
    const report = place.readReport('smoke');
    expect(report).toContain('## In the browser');
    expect(report).toMatch(/Chrome\/[\d.]+/);
    expect(report).toMatch(/\| Write to DOM p50\s+\|/);
    expect(report).toContain('### The clock of the page');
    expect(report).toMatch(/\| browser\s+\| Chromium/);
  },
);

it.skipIf(noBrowser)(
  'over HTTP/2 a page receives through one connection, always over TLS, and the report says what that is',
  async () => {
    const { code, stderr } = await place.run(
      'run',
      '--client',
      'browser',
      '--transports',
      'sse+tls,sse-h2,sse-h2/browser-fetch',
      '--connections',
      '6',
      '--preset',
      'smoke',
      '--seed',
      '7',
      '--name',
      'h2',
      '--quiet',
    );
    expect(stderr).toBe('');
    expect([0, 1]).toContain(code);
    const trials = place.readTrials('h2').filter(isSteady);
    expect(new Set(trials.map(({ arm }) => armName(arm)))).toEqual(
      new Set(['sse+tls/browser', 'sse-h2+tls/browser', 'sse-h2+tls/browser-fetch']),
    );
    for (const { gates, client, distributions, planned } of trials) {
      expect(gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
      expect(client).toMatchObject({ streamsVerified: planned.streams, errors: [] });
      expect(distributions.appendTransportNs!.count).toBe(planned.windowTokens);
    }
    const report = place.readReport('h2');
    expect(report).toContain(
      'SSE over HTTP/2 (as many a connection as the browser chooses, TLS, browser client)',
    );
    expect(report).toContain('part of open latency; a browser may resume a session. Bytes');
    expect(report).toContain('a page does not see the frames of HTTP/2');
    expect(report).toContain(
      'the browser puts all event streams of a page over HTTP/2 on one connection, which stays open',
    );
  },
);

it('a browser that is not there is named before anything starts', async () => {
  const ended = await place.run(
    'run',
    '--client',
    'browser',
    '--preset',
    'smoke',
    '--browser',
    '/nowhere/chromium',
    '--name',
    'none',
  );
  expect(ended.code).toBe(2);
  expect(ended.stderr).toContain('--browser /nowhere/chromium: not an executable file');
  expect(() => place.runFolder('none')).toThrow(/no run named none|no such file/);
});

const DELAY_NS = 20 * NS_PER_MS;

async function measure(
  transport: TransportId,
  client: ClientStack,
  plan: Plan,
): Promise<CompletedTrial[]> {
  const arm = { transport, client, path: 'direct' } as const;
  // The delay comes after the token's stamp, so it is part of the time from the write to the page.
  const late = {
    ...arm,
    label: 'late',
    injection: { kind: 'tail', every: 1, delayNs: DELAY_NS },
  } as const;
  const trials: CompletedTrial[] = [];
  const { run } = await procedureOf(plan);
  for (const one of [arm, late]) {
    const trial = await run(firstTrial({ ...plan, arms: [one] }), quietOptions(plan));
    if (isSteady(trial)) trials.push(trial);
  }
  return trials;
}

it.skipIf(noBrowser).each([
  ['sse', 'browser'],
  ['sse', 'browser-fetch'],
  ['ws', 'browser'],
] as const)(
  '%s/%s: tokens that the server holds back for 20 ms are as much later in the page and in its DOM',
  async (transport, client) => {
    const plan = await planOf('stream', {
      preset: 'smoke',
      client: 'browser',
      seed: '7',
      blocks: '1',
      rate: '20',
    });
    const trials = await measure(transport, client, plan);
    for (const name of ['deliveryTransportNs', 'appendTransportNs'] as const) {
      const [plain, late] = trials.map(({ distributions }) =>
        quantileOf(distributions[name], 0.5)!,
      );
      // The timer that delays tokens fires up to some ms late on a busy machine, and never early.
      expect(late! - plain!).toBeGreaterThan(DELAY_NS - 2 * NS_PER_MS);
      expect(late! - plain!).toBeLessThan(DELAY_NS + 10 * NS_PER_MS);
    }
  },
);
