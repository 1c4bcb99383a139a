import { expect, it } from 'vitest';
import { fixtureRun } from '../../../analysis/analysis-fixture.ts';
import type { CompletedTrial } from '../../../contract/run-file.ts';
import type { PlannedTrial } from '../../../plan/trials.ts';
import { recordSearch } from './record.ts';

const [steady] = fixtureRun({ blocks: 1 }).trials;
if (steady?.outcome !== 'completed') throw new TypeError('the fixture has completed trials');
const fixture = steady;

const planned: PlannedTrial = {
  trial: 3,
  block: 1,
  burnIn: false,
  order: 0,
  workloadSeed: 9,
  arm: { transport: 'sse', client: 'probe', path: 'direct' },
  loadPoint: { connections: 40, span: 'search' },
  asked: { purpose: 'search', startStreams: 10 },
  setup: {
    environmentPaddingBytes: 0,
    serverFirst: true,
    hashSeed: 1,
    randomSeed: 1,
    workingDirectoryBytes: 0,
  },
};

const bound = (highNs: number) => ({ exchanges: 1, violations: 0, lowNs: 0, highNs });

function step(change: Partial<CompletedTrial>, isCarried: boolean) {
  return { trial: { ...fixture, ...change }, isCarried };
}

it('a search takes as long as its steps together, and its clock is proved before the first and after the last', () => {
  const record = recordSearch(planned, { steps: [], failedBy: [], end: 'found' }, [
    step(
      {
        wallNs: 1,
        overheadNs: 10,
        windowNs: 100,
        clock: { before: bound(1), after: bound(2), sameTimeNamespace: true },
      },
      true,
    ),
    step(
      {
        wallNs: 2,
        overheadNs: 20,
        windowNs: 200,
        clock: { before: bound(3), after: bound(4), sameTimeNamespace: false },
      },
      false,
    ),
  ]);
  expect(record).toMatchObject({
    outcome: 'searched',
    trial: 3,
    asked: planned.asked,
    wallNs: 3,
    overheadNs: 30,
    windowNs: 300,
  });
  expect(record.clock).toEqual({ before: bound(1), after: bound(4), sameTimeNamespace: false });
});

it('only steps whose load was carried say how much CPU time was stolen: beyond, the machine is full by design', () => {
  const steps = [
    step({ stolen: 0.01 }, true),
    step({ stolen: 0.03 }, true),
    step({ stolen: 0.5 }, false),
  ] as const;
  expect(recordSearch(planned, { steps: [], failedBy: [] }, [...steps]).stolen).toBeCloseTo(0.02);
  expect(recordSearch(planned, { steps: [], failedBy: [] }, [steps[2]])).not.toHaveProperty(
    'stolen',
  );
});
