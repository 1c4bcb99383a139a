// Clients that stop reading for good, as a user measures them: the kernel accepts some 4 MiB for
// each before backpressure, so the rate is high.

import { afterAll, expect, it } from 'vitest';
import { isSteady } from './analysis/measured-trials.ts';
import { CliFolder } from './cli-fixture.ts';
import { KIB, MIB } from './contract/units.ts';

const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

const short = [
  '--preset',
  'smoke',
  '--connections',
  '2',
  '--rate',
  '10000',
  '--duration',
  '3s',
  '--seed',
  '7',
  '--quiet',
];

it.each(['probe', 'library'])(
  '%s: who stops reading fills its socket and is cut beyond the cap, and its neighbour loses nothing',
  async (client) => {
    const words = ['--client', client, '--backpressure', '64KiB', '--name', client];
    const { stdout, stderr } = await place.run('run', 'slow-reader', ...short, ...words);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/socket full after/);
    const trials = place.readTrials(client).filter(isSteady);
    expect(trials.map(({ arm }) => arm.transport).toSorted()).toEqual(['sse', 'ws']);
    for (const trial of trials) {
      expect(trial.gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
      expect(trial.gates.find(({ id }) => id === 'C2')?.value).toBe(0);
      expect(trial.stall).toMatchObject({ stopped: 1, blocked: 1, cut: 1 });
      const {
        toBlockedNs = 0,
        toCutNs = 0,
        takenBytes = 0,
        rssBeforeBytes = 0,
        rssPeakBytes = 0,
      } = trial.stall!;
      expect(toCutNs).toBeGreaterThan(toBlockedNs);
      expect(takenBytes).toBeGreaterThan(64 * KIB);
      // Waiting tokens are not rendered, so unsent tokens do not make the process grow.
      expect(rssPeakBytes - rssBeforeBytes).toBeLessThan(20 * MIB);
      expect(trial.server.streamsCut).toEqual({ 'slow-consumer': 1 });
      expect(trial.client).toMatchObject({ streamsVerified: 1, errors: [], lost: 0 });
      expect(trial.distributions.neighbourDeliveryNs!.count).toBeGreaterThan(
        trial.distributions.beforeFaultDeliveryNs!.count,
      );
    }
    expect(place.readReport(client)).toContain("the server's socket refuses more");
  },
);
