import { expect, it } from 'vitest';
import { independentRun } from '../../analysis/across/across-fixture.ts';
import { factorOn } from '../../analysis/analysis-fixture.ts';
import { joinRuns } from '../../analysis/occasions/join-runs.ts';
import { renderJoinedRuns } from './joined.ts';
import { streamReading } from '../../scenarios/stream/reading.ts';

const run = (occasion: number, plan = {}) =>
  independentRun({
    occasion,
    seed: occasion,
    factor: factorOn('serverCpu', 'ws', 1.3),
    plan,
    transports: ['sse', 'ws', 'tcp'],
  });

it('three occasions and one without pinning read as they should', async () => {
  const text = renderJoinedRuns(
    joinRuns([run(1), run(2), run(3), run(4, { pin: true })], streamReading),
  );
  await expect(text).toMatchFileSnapshot('golden/joined.md');
});

it('every table of verdicts says what they were checked against', () => {
  const text = renderJoinedRuns(
    joinRuns([run(1), run(2), run(3), run(4, { pin: true }), run(5, { pin: true })], streamReading),
  );
  // The verdicts, the conditions side by side, and the verdicts under the condition with two runs.
  expect(text.match(/^Checked against: /gm)).toHaveLength(3);
});
