// Sessions in which both ends send, as a user measures them.

import { afterAll, expect, it } from 'vitest';
import { CliFolder } from './cli-fixture.ts';
import { NS_PER_MS } from './contract/units.ts';

const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

it('frames go both ways over each arm and each path, and the report says whether it works', async () => {
  const words = ['--preset', 'smoke', '--seed', '7', '--name', 'smoke', '--quiet'];
  const arms = ['--transports', 'ws-binary,sse+posts,sse+upload'];
  const { stdout } = await place.run('run', 'voice', ...words, ...arms);
  expect(stdout).toContain('Over SSE (a POST a frame up), ');
  const trials = place.readTrials('smoke');
  expect(trials).toHaveLength(9);
  for (const trial of trials) {
    if (trial.outcome !== 'duplex') throw new TypeError(`a trial ended as ${trial.outcome}`);
    const { gates, duplex } = trial;
    expect(gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
    expect(duplex.down.delivered).toBe(duplex.down.planned);
  }
  const measured = trials.filter((trial) => trial.outcome === 'duplex');
  const shareUp = (uplink: string | undefined, roundTripNs: number): readonly number[] =>
    measured
      .filter(
        ({ arm, loadPoint }) => arm.uplink === uplink && loadPoint.roundTripNs === roundTripNs,
      )
      .map(({ duplex: { up } }) => up.delivered / up.planned);
  const rtt = 80 * NS_PER_MS;
  expect([...shareUp(undefined, rtt), ...shareUp('upload', rtt)]).toEqual([1, 1]);
  // A POST a frame cannot carry 50 frames a second where the answer to each takes 80 ms.
  expect(shareUp('posts', rtt)).toHaveLength(1);
  expect(shareUp('posts', rtt)[0]).toBeLessThan(0.5);
  expect(place.readReport('smoke')).toContain('## Does a voice session work?');
});
