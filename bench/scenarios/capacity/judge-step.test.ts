import { describe, expect, it } from 'vitest';
import type { CompletedTrial, Gate } from '../../contract/run-file.ts';
import type { Objective } from '../../contract/search.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { fixtureRun } from '../../analysis/analysis-fixture.ts';
import { fixtureDistribution } from '../../analysis/trial-fixture.ts';
import { failedStep, judgeStep, outcomeOf } from './judge-step.ts';
import type { WindowReceipt } from './window-receipt.ts';

const sound = fixtureRun({ noise: 0, blocks: 1, burnInBlocks: 0 }).trials.find(
  ({ arm }) => arm.transport === 'sse',
) as CompletedTrial;

const within50Ms: Objective = {
  text: 'delivery.p99 <= 50ms',
  metric: 'delivery.p99',
  operator: '<=',
  limit: 50 * NS_PER_MS,
};

const attained: Objective = {
  text: 'attainment.50ms >= 99%',
  metric: 'attainment',
  operator: '>=',
  limit: 0.99,
  withinNs: 50 * NS_PER_MS,
};

interface Change {
  /** Shares of the tokens that were due in the window. */
  readonly received?: number;
  readonly late?: number;
  /** In the fixture, p99 is five times the median. */
  readonly deliveryP50Ns?: number;
  readonly effectiveCount?: number;
  readonly errors?: number;
  readonly lost?: number;
  readonly thirdsNs?: readonly [first: number, last: number];
  readonly server?: number;
  readonly client?: number;
  readonly missed?: readonly string[];
}

function trialWith(change: Change): CompletedTrial {
  const { client, server, distributions } = sound;
  const [firstThirdP50Ns, lastThirdP50Ns] = change.thirdsNs ?? [NS_PER_MS, NS_PER_MS];
  const gates: Gate[] = (change.missed ?? []).map((id) => ({
    id,
    kind: 'harness',
    title: id,
    value: 1,
    limit: 0,
    unit: 'ratio',
    ok: false,
  }));
  return {
    ...sound,
    gates: [...sound.gates, ...gates],
    steadiness: { isDrifting: false, firstThirdP50Ns, lastThirdP50Ns },
    distributions: {
      ...distributions,
      deliveryScheduledNs: fixtureDistribution(
        change.deliveryP50Ns ?? NS_PER_MS,
        change.effectiveCount,
      ),
    },
    server: { ...server, use: { ...server.use, eventLoopUtilisation: change.server ?? 0.5 } },
    client: {
      ...client,
      lost: change.lost ?? 0,
      errors:
        change.errors === undefined
          ? []
          : [{ cause: 'reset', count: change.errors, example: 'ECONNRESET' }],
      use: { ...client.use, eventLoopUtilisation: change.client ?? 0.3 },
    },
  };
}

/** A thousand tokens: so many received late, so many never. */
function receiptWith({ received = 1, late = 0 }: Change): WindowReceipt {
  const deliveryNs = new Float64Array(1000).fill(NS_PER_MS);
  deliveryNs.fill(51 * NS_PER_MS, 0, 1000 * late);
  deliveryNs.fill(Number.NaN, 1000 * received);
  return { deliveryNs };
}

const judge = (change: Change, objectives: readonly Objective[] = [within50Ms]) =>
  judgeStep({ streams: 1000, trial: trialWith(change), receipt: receiptWith(change) }, objectives);

describe('a load', () => {
  it('is carried when everything held', () => {
    const step = judge({});
    expect(step).toMatchObject({ streams: 1000, failed: [], reasons: [], missedGates: [] });
    expect(outcomeOf(step)).toBe('carried');
    expect(step.measured).toMatchObject({
      offeredTokensPerSecond: 6000,
      deliveredTokensPerSecond: 6000,
      deliveryP50Ns: NS_PER_MS,
    });
    expect(step.measured?.backlogNs).toBeCloseTo(-0.2 * NS_PER_MS, 6);
    expect(step.measured?.tokensPerRead).toBeCloseTo(1.25, 9);
  });

  it.each<[string, Change, string[], string]>([
    [
      'a token of the window was never received',
      { received: 0.999 },
      ['loss'],
      '1 of 1000 tokens of the window were never received',
    ],
    ['a stream failed', { errors: 1 }, ['loss'], '1 streams failed (reset)'],
    ['a token was lost', { lost: 1 }, ['loss'], '1 tokens were lost, repeated or damaged'],
    [
      'the objective was missed',
      { deliveryP50Ns: 20 * NS_PER_MS },
      ['objective'],
      'not delivery.p99 <= 50ms: 100 ms',
    ],
    [
      'delivery grew by more than a fifth and 2 ms',
      { thirdsNs: [NS_PER_MS, 3.3 * NS_PER_MS] },
      ['backlog'],
      'delivery p50 grew from 1 ms in the first third of the window to 3.3 ms in the last',
    ],
  ])('is not carried when %s', (_, change, failed, reason) => {
    const step = judge(change);
    expect([step.failed, step.reasons]).toEqual([failed, [reason]]);
    expect(outcomeOf(step)).toBe('failed');
  });

  it.each<[string, Change]>([
    ['every token was late, as long as the objective is of another kind', { late: 1 }],
    ['the objective is met to the letter', { deliveryP50Ns: 9.9 * NS_PER_MS }],
    ['delivery grew by a fifth and 2 ms', { thirdsNs: [NS_PER_MS, 3.2 * NS_PER_MS] }],
    [
      'neighbouring tokens were so alike that they say little of other windows',
      { effectiveCount: 10 },
    ],
  ])('is carried though %s', (_, change) => expect(judge(change).failed).toEqual([]));

  it('must meet every objective, and one that cannot be told is not met', () => {
    const cheap: Objective = {
      text: 'cpu.server.token < 1us',
      metric: 'cpu.server.token',
      operator: '<',
      limit: 1000,
    };
    expect(judge({}, [within50Ms, cheap]).failed).toEqual(['objective']);
    const trial = trialWith({});
    const few = {
      ...trial,
      distributions: {
        ...trial.distributions,
        deliveryScheduledNs: { ...fixtureDistribution(NS_PER_MS), count: 300 },
      },
    };
    const step = judgeStep({ streams: 1000, trial: few, receipt: receiptWith({}) }, [within50Ms]);
    expect([step.failed, step.reasons, step.measured?.objectives]).toEqual([
      ['objective'],
      ['not delivery.p99 <= 50ms: too few samples'],
      [null],
    ]);
  });

  it.each([
    [{ late: 0.01 }, []],
    [{ late: 0.011 }, ['not attainment.50ms >= 99%: 98.90 %']],
    // A token that never arrived is late as well as lost.
    [
      { late: 0.01, received: 0.999 },
      ['1 of 1000 tokens of the window were never received', 'not attainment.50ms >= 99%: 98.90 %'],
    ],
  ])(
    'attains its objective by the tokens planned, however late they came: %j → %j',
    (change, reasons) => {
      expect(judge(change, [attained]).reasons).toEqual(reasons);
    },
  );

  it('may fail by several things at once', () => {
    expect(
      judge({ received: 0.5, deliveryP50Ns: 90 * NS_PER_MS, thirdsNs: [1, 90 * NS_PER_MS] }).failed,
    ).toEqual(['loss', 'objective', 'backlog']);
  });
});

describe('the load generator', () => {
  const tooLate = { deliveryP50Ns: 20 * NS_PER_MS };

  // [server busy, client busy, gates missed] → whether a load that failed is attributed to the load
  // generator.
  it.each<[server: number, client: number, missed: string[], outcome: string]>([
    [0.5, 0.3, [], 'failed'],
    [0.5, 0.3, ['H4'], 'harness'],
    [0.89, 0.3, ['H3', 'H5'], 'harness'],
    [0.9, 0.3, ['H3', 'H4', 'H5'], 'failed'],
    [0.9, 0.7, ['H4'], 'failed'],
    [0.99, 0.71, [], 'harness'],
    [0.99, 0.71, ['H4'], 'harness'],
    [0.5, 0.65, ['H2', 'H6', 'H8', 'N2'], 'failed'],
  ])(
    'of a load that failed with the server busy %d, the client busy %d and %j missed: %s',
    (server, client, missed, outcome) => {
      expect(outcomeOf(judge({ ...tooLate, server, client, missed }))).toBe(outcome);
    },
  );

  it('does not matter where the load was carried in spite of it, but what it missed is kept', () => {
    const step = judge({ client: 0.8, missed: ['H4', 'H5'] });
    expect(step.disturbedBy).toEqual([]);
    expect([step.failed, step.missedGates]).toEqual([[], ['H2', 'H4', 'H5']]);
  });

  it('that did not issue all starts offered another load, whatever came of it', () => {
    expect(judge({ missed: ['H1'], server: 0.99 }).failed).toEqual(['harness']);
  });

  it('is said to have been at its end in numbers', () => {
    expect(judge({ ...tooLate, client: 0.8, server: 0.4 }).reasons.at(-1)).toBe(
      "the load generator missed H2: its event loop was busy 80 % of the window, the server's 40 %",
    );
  });
});

it('a trial that failed as a whole is a load that was not carried, with its reason and without numbers', () => {
  expect(failedStep(4000, 'the client process was silent')).toEqual({
    streams: 4000,
    failed: ['loss'],
    reasons: ['the trial failed: the client process was silent'],
    missedGates: [],
    disturbedBy: [],
  });
});
