// Sessions in which both ends send, as a user measures them.

import { afterAll, expect, it } from 'vitest';
import { CliFolder } from './cli-fixture.ts';

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
    const { gates, duplex, arm, loadPoint } = trial;
    expect(gates.filter(({ kind, ok }) => kind === 'correctness' && !ok)).toEqual([]);
    expect(duplex.down.delivered).toBe(duplex.down.planned);
    // A POST a frame cannot carry 50 frames a second where the answer to each takes 80 ms.
    const isSlow = arm.uplink === 'posts' && (loadPoint.roundTripNs ?? 0) > 0;
    if (isSlow) expect(duplex.up.delivered).toBeLessThan(duplex.up.planned / 2);
    else expect(duplex.up.delivered).toBe(duplex.up.planned);
  }
  expect(place.readReport('smoke')).toContain('## Does a voice session work?');
});
