import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { populationOf } from '../../contract/population.ts';
import type { Plan, SavedRun } from '../../contract/run-file.ts';
import { emptyStamps, writeStamps } from '../../contract/stamps.ts';
import { readLanes } from './read-lanes.ts';
import { specifySteady } from './specify.ts';

const folder = mkdtempSync(join(tmpdir(), 'lanes-'));
afterAll(() => rmSync(folder, { recursive: true }));

function runWith(plan: Partial<Plan>): SavedRun {
  return { ...fixtureRun({ blocks: 2, plan }), folder };
}

it('says why a run without stamps has none', () => {
  expect(readLanes(runWith({ keepStamps: false }))).toEqual({
    loads: [],
    missing: ['The run kept no stamps: `--stamps` keeps them.'],
  });
});

it('says which trials have lost theirs, and which are damaged', () => {
  const run = runWith({ keepStamps: true });
  const { loads, missing } = readLanes(run);
  expect(loads).toEqual([]);
  expect(missing[0]).toContain('its stamps are no longer in');
  mkdirSync(join(folder, 'stamps'));
  const first = run.trials.find(({ burnIn }) => !burnIn)!.trial;
  for (const side of ['server', 'client'])
    writeFileSync(
      join(folder, 'stamps', `trial-${String(first).padStart(4, '0')}-${side}.stamps`),
      'no stamps',
    );
  expect(readLanes(run).missing.join()).toContain('not a stamp file');
});

it('draws the same tokens of every arm, from the plan of the saved trial', () => {
  const run = runWith({ keepStamps: true });
  for (const trial of run.trials) {
    const specification = specifySteady(trial, {
      plan: run.header.plan,
      tokenFile: '',
      host: '',
      port: 0,
    });
    const { streams, totalTokens } = populationOf(specification);
    const of = (side: string): string =>
      join(folder, 'stamps', `trial-${String(trial.trial).padStart(4, '0')}-${side}.stamps`);
    writeStamps(of('server'), {
      handlerNs: new Float64Array(streams),
      readyNs: emptyStamps(totalTokens),
      writtenNs: emptyStamps(totalTokens),
    });
    writeStamps(of('client'), { receivedNs: emptyStamps(totalTokens) });
  }
  const { loads, missing } = readLanes(run);
  expect(missing).toEqual([]);
  const [sse, ws] = loads[0]!.lanes;
  expect([sse!.arm, ws!.arm]).toEqual(['sse', 'ws']);
  expect(sse!.stream).toBe(ws!.stream);
  expect(sse!.tokens).toHaveLength(12);
  expect(sse!.tokens.map(({ dueNs }) => dueNs)).toEqual(ws!.tokens.map(({ dueNs }) => dueNs));
});
