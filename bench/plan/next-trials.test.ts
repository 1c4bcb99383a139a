import { describe, expect, it } from 'vitest';
import type { CompletedTrial, Gate, Plan, TrialRecord } from '../contract/run-file.ts';
import { buildPlan } from './build-plan.ts';
import { nextTrials } from './next-trials.ts';
import { countTrials, type PlannedTrial } from './trials.ts';

const planOf = async (flags: Parameters<typeof buildPlan>[1] = {}): Promise<Plan> => ({
  ...(
    await buildPlan(
      [],
      { seed: '7', rerun: true, ...flags },
      { randomSeed: () => 1, canPin: false },
    )
  ).plan,
  burnInBlocks: 1,
});

const stolen: Gate = {
  id: 'N1',
  kind: 'environment',
  title: 'stolen',
  value: 0.3,
  limit: 0.02,
  unit: 'ratio',
  ok: false,
};
const slow: Gate = {
  id: 'H2',
  kind: 'harness',
  title: 'busy',
  value: 0.9,
  limit: 0.6,
  unit: 'ratio',
  ok: false,
};

/** A record with only the fields that the choice of the next trial may read. */
const record = (planned: PlannedTrial, gates: readonly Gate[] = []): TrialRecord =>
  ({ ...planned, outcome: 'completed', gates }) as unknown as CompletedTrial;

interface Ran {
  readonly records: readonly TrialRecord[];
  readonly blocks: readonly string[];
}

const asked = (trials: readonly TrialRecord[] | undefined): unknown =>
  trials?.map(({ arm, order, workloadSeed }) => [arm, order, workloadSeed]);

const disturbedThird = ({ block, order }: PlannedTrial): readonly Gate[] =>
  block === 3 && order === 1 ? [stolen] : [];

/** Runs a plan to its end; `gatesOf` simulates the machine. */
function run(
  plan: Plan,
  gatesOf: (planned: PlannedTrial) => readonly Gate[],
  mayStop = (): boolean => false,
): Ran {
  const records: TrialRecord[] = [];
  for (
    let [planned] = nextTrials({ plan, records, mayStop });
    planned !== undefined;
    [planned] = nextTrials({ plan, records, mayStop })
  ) {
    records.push(record(planned, gatesOf(planned)));
    if (records.length > 1000) throw new Error('never ends');
  }
  return {
    records,
    blocks: [
      ...new Set(
        records.map(
          ({ block, attempt }) => `${block}${attempt === undefined ? '' : `.${attempt}`}`,
        ),
      ),
    ],
  };
}

it('on a quiet machine every block is measured once, in order', async () => {
  const { records, blocks } = run(await planOf({ blocks: '3' }), () => []);
  expect(blocks).toEqual(['0', '1', '2', '3']);
  expect(records.map(({ trial }) => trial)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

it('a block that the machine disturbed is measured again at once, whole, with the same seed and order', async () => {
  const { records, blocks } = run(await planOf({ blocks: '8' }), ({ block, attempt }) =>
    block === 2 && attempt === undefined ? [stolen] : [],
  );
  expect(blocks).toEqual(['0', '1', '2', '2.1', '3', '4', '5', '6', '7', '8']);
  const [first, second] = [undefined, 1].map((attempt) =>
    records.filter((one) => one.block === 2 && one.attempt === attempt),
  );
  expect(asked(second)).toEqual(asked(first));
  expect(second?.[0]?.setup).not.toEqual(first?.[0]?.setup);
});

it('a block in which an agent was lost is measured again once, and no more', async () => {
  const plan = await planOf({ blocks: '8' });
  const records: TrialRecord[] = [];
  const take = (): PlannedTrial | undefined =>
    nextTrials({ plan, records, mayStop: () => false })[0];
  for (let planned = take(); planned !== undefined; planned = take())
    records.push(
      planned.block === 2 && planned.order === 0
        ? ({
            ...planned,
            outcome: 'failed',
            failure: { code: 'AGENT_LOST', message: 'agent a was lost' },
          } as unknown as TrialRecord)
        : record(planned),
    );
  const attempts = records.filter(({ block }) => block === 2).map(({ attempt }) => attempt);
  expect(attempts).toEqual([undefined, undefined, 1, 1]);
  expect(records).toHaveLength(20);
});

it('what lasts never repeats a block: the repetition would have it, too', async () => {
  expect(
    run(await planOf({ blocks: '8' }), () => [{ ...stolen, remedy: 'nothing' }]).blocks,
  ).toHaveLength(9);
});

it('what an arm could have caused never repeats a block', async () => {
  const { blocks } = run(await planOf({ blocks: '8' }), () => [slow]);
  expect(blocks).toHaveLength(9);
});

it('at most a quarter more blocks are measured, and no block twice again', async () => {
  const { blocks } = run(await planOf({ blocks: '9' }), () => [stolen]);
  expect(blocks).toEqual(['0', '1', '1.1', '2', '2.1', '3', '4', '5', '6', '7', '8', '9']);
});

it('the burn-in block is never repeated, and with --no-rerun none is', async () => {
  expect(
    run(await planOf({ blocks: '9' }), ({ burnIn }) => (burnIn ? [stolen] : [])).blocks,
  ).toHaveLength(10);
  expect(run(await planOf({ blocks: '9', rerun: false }), () => [stolen]).blocks).toHaveLength(10);
});

it('a run that was interrupted anywhere goes on as if it had not been', async () => {
  const plan = await planOf({ blocks: '5', transports: 'sse,ws,tcp' });
  const { records } = run(plan, disturbedThird);
  for (let cut = 0; cut < records.length; cut++) {
    const [next] = nextTrials({ plan, records: records.slice(0, cut), mayStop: () => false });
    expect(next?.trial).toBe(records[cut]?.trial);
    expect(next?.attempt).toBe(records[cut]?.attempt);
  }
});

it('the stopping rule is asked between blocks only, and ends the run', async () => {
  const plan = await planOf({ precision: '5%', blocks: '9' });
  let asked = 0;
  const { blocks } = run(
    plan,
    () => [],
    () => ++asked > 4,
  );
  expect(blocks).toEqual(['0', '1', '2', '3', '4']);
});

const planFaults = async (): Promise<Plan> =>
  (
    await buildPlan(
      ['reconnect'],
      { seed: '7', preset: 'quick', faults: 'reset,freeze' },
      { randomSeed: () => 1, canPin: false },
    )
  ).plan;

describe('of trials side by side', () => {
  const late: Gate = {
    id: 'H4',
    kind: 'harness',
    title: 'late',
    value: 70,
    limit: 25,
    unit: 'ns',
    ok: false,
    remedy: 'alone',
  };
  const isLate = ({ block, alone, loadPoint, arm }: PlannedTrial): readonly Gate[] =>
    block === 1 && alone === undefined && loadPoint.fault === 'freeze' && arm.transport === 'ws'
      ? [late]
      : [];

  it('what was late is measured again alone, both arms of it, when its block has ended', async () => {
    const { records } = run(await planFaults(), isLate);
    const again = records.filter(({ alone }) => alone === true);
    expect(again.map(({ trial, block, loadPoint }) => [trial, block, loadPoint.fault])).toEqual([
      [8, 1, 'freeze'],
      [9, 1, 'freeze'],
    ]);
    const first = records.filter(
      ({ block, loadPoint, alone }) =>
        block === 1 && loadPoint.fault === 'freeze' && alone === undefined,
    );
    expect(asked(again)).toEqual(asked(first));
    expect(again[0]?.setup).not.toEqual(first[0]?.setup);
    expect(records.map(({ trial }) => trial)).toEqual(
      Array.from({ length: 14 }, (_, trial) => trial),
    );
  });

  it('what is late alone, too, is not measured a third time', async () => {
    const { records } = run(await planFaults(), (planned) =>
      planned.alone === true ? [{ ...late }] : isLate(planned),
    );
    expect(records).toHaveLength(14);
  });

  it('a run that was interrupted anywhere goes on as if it had not been', async () => {
    const plan = await planFaults();
    const { records } = run(plan, isLate);
    for (let cut = 0; cut < records.length; cut++) {
      const [next] = nextTrials({ plan, records: records.slice(0, cut), mayStop: () => false });
      expect([next?.trial, next?.alone]).toEqual([records[cut]?.trial, records[cut]?.alone]);
    }
  });
});

const planSearch = async (flags: Parameters<typeof buildPlan>[1] = {}): Promise<Plan> =>
  (
    await buildPlan(
      ['capacity'],
      { seed: '7', blocks: '3', ...flags },
      { randomSeed: () => 1, canPin: false },
    )
  ).plan;

/** The result of each arm depends on its start load, so a wrong start would be visible. */
const found = (planned: PlannedTrial): TrialRecord => {
  const begun = planned.asked?.purpose === 'search' ? planned.asked.startStreams : 0;
  const lowerStreams = planned.arm.transport === 'sse' ? 3000 + (begun % 7) : 3300;
  return {
    ...planned,
    outcome: 'searched',
    gates: [],
    search: { steps: [], end: 'found', lowerStreams, failedBy: [] },
  } as unknown as TrialRecord;
};

const runAll = (plan: Plan): readonly TrialRecord[] => {
  const records: TrialRecord[] = [];
  for (
    let [next] = nextTrials({ plan, records, mayStop: () => false });
    next !== undefined;
    [next] = nextTrials({ plan, records, mayStop: () => false })
  )
    records.push(found(next));
  return records;
};

describe('of searches', () => {
  it('the burn-in block begins from afar, the others near what it found, and the curves and the proof come last', async () => {
    const plan = await planSearch();
    const records = runAll(plan);
    expect(records).toHaveLength(countTrials(plan));
    expect(records.map(({ trial }) => trial)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(records.slice(0, 2).map(({ asked }) => asked)).toEqual(
      Array.from({ length: 2 }, () => ({ purpose: 'search', startStreams: 300 })),
    );
    for (const block of [1, 2, 3]) {
      const [first, second] = records.filter((one) => one.block === block);
      expect(first?.asked).toEqual(second?.asked);
      expect(first?.asked).toMatchObject({
        purpose: 'search',
        headlineStreams: expect.closeTo(1500, -1),
      });
    }
    expect(
      records.slice(8).map(({ loadPoint, block, burnIn }) => [loadPoint.span, block, burnIn]),
    ).toEqual([
      ['curve', 4, false],
      ['curve', 4, false],
      ['proof', 4, false],
    ]);
  });

  it('a run that was interrupted anywhere asks the same loads as if it had not been', async () => {
    const plan = await planSearch();
    const records = runAll(plan);
    for (let cut = 0; cut < records.length; cut++) {
      const [next] = nextTrials({ plan, records: records.slice(0, cut), mayStop: () => false });
      const { trial, arm, asked, setup, workloadSeed, loadPoint } = records[cut]!;
      expect(next).toMatchObject({ trial, arm, asked, setup, workloadSeed, loadPoint });
    }
  });

  it('a run that its rule stopped has its curves and its proof too, and then ends', async () => {
    const plan = await planSearch({ precision: '5%', blocks: '9' });
    const records: TrialRecord[] = [];
    const next = (): PlannedTrial | undefined =>
      nextTrials({ plan, records, mayStop: () => records.length >= 6 })[0];
    for (let planned = next(); planned !== undefined; planned = next()) {
      records.push(found(planned));
      if (records.length > 100) throw new Error('never ends');
    }
    expect(
      records.map(
        ({ block, loadPoint }) => loadPoint.span + (loadPoint.span === 'search' ? ` ${block}` : ''),
      ),
    ).toEqual([
      'search 0',
      'search 0',
      'search 1',
      'search 1',
      'search 2',
      'search 2',
      'curve',
      'curve',
      'proof',
    ]);
  });
});
