// Large messages among small ones, as a user measures them: over a limited link a shared WebSocket
// makes its streams wait for as long as a large message takes, and connections of their own do not.

import { afterAll, expect, it } from 'vitest';
import { isSteady } from './analysis/measured-trials.ts';
import { CliFolder } from './cli-fixture.ts';
import type { TransportId } from './contract/arms/transports.ts';
import { quantileOf } from './contract/distribution.ts';
import type { CompletedTrial, DistributionName } from './contract/run-file.ts';
import { NS_PER_MS } from './contract/units.ts';

const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

const median = (trial: CompletedTrial, name: DistributionName): number =>
  quantileOf(trial.distributions[name], 0.5)!;

it('behind 1 MiB over 100 Mbit/s a shared connection holds its streams up, one of their own does not', async () => {
  const words = ['--preset', 'smoke', '--seed', '7', '--name', 'smoke', '--quiet'];
  const { stdout } = await place.run('run', 'head-of-line', ...words);
  expect(stdout).toMatch(/behind a large message p50/);
  const trials = place.readTrials('smoke').filter(isSteady);
  expect(trials).toHaveLength(8);
  for (const { gates, client, distributions, loadPoint, relay } of trials) {
    expect(gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
    expect(gates.find(({ id }) => id === 'C2')?.value).toBe(0);
    expect(client.streamsVerified).toBe(12);
    expect(distributions.largeMessageNs!.count).toBeGreaterThanOrEqual(10);
    expect(relay === undefined).toBe(loadPoint.linkBytesPerSecond === undefined);
  }
  const limited = trials.filter(({ loadPoint }) => loadPoint.linkBytesPerSecond !== undefined);
  // The link needs 84 ms, of which it may have saved 10 while nothing was sent.
  for (const trial of limited)
    expect(median(trial, 'largeMessageNs')).toBeGreaterThan(74 * NS_PER_MS);
  const behindNs = (transport: TransportId): number =>
    median(
      limited.find(({ arm }) => arm.transport === transport)!,
      'behindLargeNs',
    );
  expect(Math.max(behindNs('sse'), behindNs('ws'))).toBeLessThan(20 * NS_PER_MS);
  expect(behindNs('ws-mux')).toBeGreaterThan(25 * NS_PER_MS);
  expect(place.readReport('smoke')).toContain('What waits behind a large message');
});
