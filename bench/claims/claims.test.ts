// The rows are data: what they name must exist, and what they need must be what measures them.

import { describe, expect, it } from 'vitest';
import { evidenceByScenario } from '../scenarios/evidence.ts';
import { readings } from '../scenarios/readings.ts';
import { claimRunIds, claimRuns, runCommand } from './claim-runs.ts';
import { readCodeMeasure } from './code/read-code-measure.ts';
import { groupOf } from './code/read-code.ts';
import type { RunSource } from './claim.ts';
import { claimIds, claims, pickClaims } from './claims.ts';

const all = claims.flatMap((claim) =>
  claim.meanings.flatMap((meaning) =>
    meaning.sources.map((source) => ({ id: `${claim.id}: ${meaning.name}`, claim, source })),
  ),
);
const rows = all.flatMap(({ source, ...row }) =>
  source.kind === 'code' ? [] : [{ ...row, source }],
);

it('there is one row for each sentence of the article and of the debate', () => {
  expect(claimIds.join(' ')).toBe('S1 S2a S2b S2c S3 S4 S5 S6 W1 W2 W3 W4 W5 D1 D2 D3 D4 D5');
});

/** An exploratory metric gets no verdict: a source that asks for one would be open for ever. */
function isAnswered(source: RunSource): boolean {
  if (source.kind === 'question')
    return evidenceByScenario[source.scenario]?.[source.question] !== undefined;
  const metric = readings[source.scenario].metrics.find(({ id }) => id === source.metric);
  const hasVerdict = metric?.endpoint !== undefined || metric?.isExact === true;
  return metric !== undefined && (source.kind === 'blocks' || hasVerdict);
}

describe('each source', () => {
  it.each(rows)('$id asks what its scenario has', ({ source }) => {
    expect(isAnswered(source)).toBe(true);
  });

  it.each(rows)('$id is measured by one of the runs of its claim', ({ claim, source }) => {
    expect(claim.runs.map((run) => claimRuns[run].scenario)).toContain(source.scenario);
  });
});

it('counted code names programs that are counted', () => {
  const code = readCodeMeasure();
  const named = all.flatMap(({ source }) =>
    source.kind === 'code' ? [source.less, source.than] : [],
  );
  expect(named.length).toBeGreaterThan(10);
  for (const names of named) expect(groupOf(names, code).lines).toBeGreaterThan(0);
});

describe('each meaning', () => {
  const meanings = claims.flatMap(({ id, meanings: all }) =>
    all.map((meaning) => ({ title: `${id}: ${meaning.name}`, meaning })),
  );

  it.each(meanings)('$title has sources, or says why it has none', ({ meaning }) => {
    expect(meaning.sources.length > 0).toBe(meaning.unmeasured === undefined);
  });
});

it('every question that a scenario answers is asked', () => {
  const asked = new Set(
    rows.flatMap(({ source }) => (source.kind === 'question' ? [source.question] : [])),
  );
  const answered = Object.values(evidenceByScenario).flatMap((answers) => Object.keys(answers));
  expect([...new Set(answered)].toSorted()).toEqual([...asked].toSorted());
});

it('every run is needed by a claim, and its name may be that of a folder', () => {
  const needed = new Set(claims.flatMap(({ runs }) => runs));
  expect(claimRunIds.filter((id) => !needed.has(id))).toEqual([]);
  expect(claimRunIds.filter((id) => !/^[a-z][a-z-]*$/.test(id))).toEqual([]);
});

it('a run has the command that measures it alone', () => {
  expect([claimRuns.herd, claimRuns['stream-openai'], claimRuns.targets].map(runCommand)).toEqual([
    'streamduel run herd',
    'streamduel run stream --payload openai --connections 100',
    'streamduel run --target …',
  ]);
});

it('an unknown claim is refused with the list of those that there are', () => {
  expect(pickClaims(['W5', 'S3']).map(({ id }) => id)).toEqual(['S3', 'W5']);
  expect(() => pickClaims(['S9'])).toThrow(
    expect.objectContaining({
      code: 'UNKNOWN_NAME',
      message: expect.stringContaining('there is no claim "S9"') as string,
      hint: `known: ${claimIds.join(', ')}`,
    }) as Error,
  );
});
