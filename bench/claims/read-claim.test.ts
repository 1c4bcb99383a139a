import { describe, expect, it } from 'vitest';
import type { Analysis, GateSummary } from '../analysis/analysis.ts';
import type { ClaimReading, Evidence, EvidenceRun } from './claim-reading.ts';
import type { Claim } from './claim.ts';
import { claimOf, deliverySource, madeRun, type MadeRun, type Said } from './evidence-fixture.ts';
import { readClaim } from './read-claim.ts';

const read = (claim: Claim, ...runs: readonly MadeRun[]): ClaimReading =>
  readClaim(
    claim,
    runs.map((run, index) => madeRun({ folder: `reports/${index}`, ...run })),
    { scenarios: {} },
  );

const rowsOf = ({ meanings }: ClaimReading): readonly Evidence[] =>
  meanings.flatMap(({ evidence }) => evidence);

const shown = { change: { adjustedP: 0.001, adjustedTostP: 0.001 } } as const;

const better: MadeRun = { ...shown, said: { kind: 'better', favours: 'ws' } };

/** One block, in which the baseline has 10. */
const block = (other: number) => ({ block: 0, baseline: 10, other, baselineFirst: true });

/** A part of the bytes, with these values of the other arm, block by block. */
const exact = (others: readonly number[]): MadeRun => ({
  said: { kind: 'exact' },
  change: {
    margin: { ratio: undefined, absolute: undefined },
    ratio: { value: 0.6, low: 0.6, high: 0.6, trials: 2 },
    pairs: others.map(block),
  },
});

const burst = (said: Said): MadeRun => ({
  ...shown,
  said,
  options: { plan: { scenario: 'burst' } },
});

const once = (p: number): MadeRun => ({ ...better, change: { adjustedP: p } });

describe('a verdict of a run decides what its row says', () => {
  it.each<[Said, Evidence['bearing'], string | undefined]>([
    [{ kind: 'better', favours: 'ws' }, 'supports', undefined],
    [{ kind: 'better', favours: 'sse' }, 'refutes', undefined],
    [{ kind: 'exact', favours: 'ws' }, 'supports', undefined],
    [{ kind: 'exact', favours: 'sse' }, 'refutes', undefined],
    [{ kind: 'equivalent' }, 'equal', undefined],
    [{ kind: 'equivalent', differenceDetected: true }, 'equal', undefined],
    [{ kind: 'size-uncertain', favours: 'sse' }, 'open', 'SSE better, size uncertain'],
    [{ kind: 'inconclusive' }, 'open', 'inconclusive'],
    [{ kind: 'not-resolvable' }, 'open', 'too noisy for the margin'],
    [{ kind: 'withheld', reason: 'exploratory' }, 'open', 'no verdict, exploratory'],
    [{ kind: 'not-measured', reason: 'no trial' }, 'open', 'not measured, no trial'],
    [{ kind: 'invalid', reason: 'C1' }, 'void', 'INVALID, C1'],
    [{ kind: 'harness-limited', reason: 'H2' }, 'void', 'HARNESS-LIMITED, H2'],
  ])('%j: %s', (said, bearing, reason) => {
    expect(rowsOf(read(claimOf(), { ...shown, said }))).toMatchObject([{ bearing, reason }]);
  });

  it('links the folder, the endpoint, the arms and the interval', () => {
    const [row] = rowsOf(read(claimOf(), better));
    expect(row).toMatchObject({
      condition: '100 connections, payload openai',
      place: {
        folder: 'reports/0',
        scenario: 'stream',
        endpoint: 'delivery.p50',
        arms: ['ws', 'sse'],
      },
      figure: { kind: 'ratio', titles: { baseline: 'SSE', other: 'WebSocket' } },
    });
    const { figure } = row!;
    if (figure?.kind !== 'ratio') throw new Error('a ratio was expected');
    expect(figure.estimate.low).toBeLessThan(figure.estimate.value);
    expect(figure.estimate.high).toBeGreaterThan(figure.estimate.value);
  });

  it('reads the same whichever arm was the baseline', () => {
    const turned = read(claimOf(), { ...better, options: { transports: ['ws', 'sse'] } });
    expect(turned.verdict).toBe('supported');
    expect(rowsOf(turned)).toMatchObject([
      { figure: { titles: { baseline: 'WebSocket', other: 'SSE' } } },
    ]);
  });

  it('of parts of the bytes, which have no margin, decides where it is the same in every block', () => {
    expect(read(claimOf(), exact([6, 7])).verdict).toBe('supported');
    expect(read(claimOf(), exact([11, 12])).verdict).toBe('refuted');
    expect(rowsOf(read(claimOf(), exact([6, 12])))).toMatchObject([
      { bearing: 'open', reason: 'counted, and not in every block' },
    ]);
  });

  it('of a meaning without a difference is turned round', () => {
    const equal = claimOf({
      sources: [
        { kind: 'equal', scenario: 'stream', metric: 'delivery.p50', transports: ['ws', 'sse'] },
      ],
    });
    expect(read(equal, { ...shown, said: { kind: 'equivalent' } }).verdict).toBe('supported');
    expect(read(equal, better).verdict).toBe('refuted');
    expect(read(equal, { ...shown, said: { kind: 'better', favours: 'sse' } }).verdict).toBe(
      'refuted',
    );
    expect(
      read(equal, { said: { kind: 'equivalent' }, change: { adjustedTostP: 0.2 } }).verdict,
    ).toBe('open');
  });
});

describe('the verdict on a claim', () => {
  const other = claimOf({}, { sources: [{ ...deliverySource, scenario: 'burst' }] });

  it('needs all meanings to be settled alike', () => {
    expect(read(other, better, burst({ kind: 'better', favours: 'ws' })).verdict).toBe('supported');
    expect(
      read(
        other,
        { ...shown, said: { kind: 'better', favours: 'sse' } },
        burst({ kind: 'better', favours: 'sse' }),
      ).verdict,
    ).toBe('refuted');
    expect(read(other, better, burst({ kind: 'better', favours: 'sse' })).verdict).toBe('depends');
    expect(read(other, better).verdict).toBe('depends');
    expect(read(other, burst({ kind: 'inconclusive' })).verdict).toBe('open');
    expect(read(other).verdict).toBe('open');
  });

  it('depends on a difference that was shown not to matter, and is not refuted by it', () => {
    const { verdict, condition } = read(claimOf(), { ...shown, said: { kind: 'equivalent' } });
    expect([verdict, condition]).toEqual([
      'depends',
      '**no difference that matters** in a token (100 connections, payload openai)',
    ]);
  });

  it('says under which conditions it holds and under which not', () => {
    const two = read(claimOf(), better, {
      ...shown,
      said: { kind: 'better', favours: 'sse' },
      options: { connections: [7] },
    });
    expect([two.verdict, two.condition]).toEqual([
      'depends',
      'a token: **holds** for 100 connections, payload openai, **does not hold** for 7 connections, payload openai',
    ]);
    expect(read(claimOf(), better).condition).toBe(
      'in all that was settled: 100 connections, payload openai',
    );
  });

  it('without a run says what is needed', () => {
    expect(read(claimOf()).condition).toBe('needs `streamduel run stream`');
    const unmeasured = {
      ...claimOf({ sources: [], unmeasured: 'needs `streamduel run x`' }),
      runs: [],
    };
    expect(read(unmeasured).condition).toBe('needs `streamduel run x`');
    expect(read(claimOf(), { said: { kind: 'inconclusive' } }).condition).toBe(
      'measured and not settled: inconclusive',
    );
  });

  it('leaves out a meaning that is optional where no run measured it', () => {
    const claim = claimOf({}, { isOptional: true, sources: [] });
    expect(read(claim, better)).toMatchObject({ verdict: 'supported', meanings: [{}] });
  });
});

describe('what must hold beside other tests', () => {
  it('holds at p × tests, where each run counts once', () => {
    expect(read(claimOf(), once(0.03))).toMatchObject({ verdict: 'supported', tests: 1 });
    const inconclusive: MadeRun = { said: { kind: 'inconclusive' } };
    const beside = read(claimOf(), once(0.03), inconclusive);
    expect(beside).toMatchObject({ verdict: 'open', tests: 2 });
    expect(rowsOf(beside)[0]).toMatchObject({
      bearing: 'open',
      reason: 'not shown beside the other test of this claim, though better in its own run',
    });
    expect(read(claimOf(), once(0.02), inconclusive).verdict).toBe('supported');
  });

  it('counts no run whose verdict was withheld, and none that only counts', () => {
    const p = { ...better, change: { adjustedP: 0.04 } };
    const { tests } = read(
      claimOf(),
      p,
      { said: { kind: 'withheld', reason: 'three blocks' } },
      { said: { kind: 'exact', favours: 'ws' } },
    );
    expect(tests).toBe(1);
  });
});

const missed: GateSummary = {
  id: 'H3',
  kind: 'harness',
  title: 'start lag p99',
  unit: 'ns',
  limit: 1,
  arm: 'ws',
  median: 2,
  worst: 3,
  missed: 2,
  trials: 3,
  state: 'failed',
  note: undefined,
};

describe('a run that cannot be trusted supports and refutes nothing', () => {
  it.each<[string, Said]>([
    ['better', { kind: 'better', favours: 'ws' }],
    ['worse', { kind: 'better', favours: 'sse' }],
    ['counted', { kind: 'exact', favours: 'ws' }],
    ['equivalent', { kind: 'equivalent' }],
  ])('with a missed gate of one of its arms, %s', (_what, said) => {
    const reading = read(claimOf(), { ...shown, said, gates: [missed] });
    expect(reading.verdict).toBe('open');
    expect(rowsOf(reading)).toMatchObject([
      { bearing: 'void', reason: 'gate H3 (start lag p99) was missed by ws in 2 of 3 trials' },
    ]);
  });

  it('but a gate of another arm, or of a pair that is not this one, leaves it as it is', () => {
    for (const gate of [
      { ...missed, arm: 'tcp' },
      { ...missed, against: 'ws-mux:6' },
      { ...missed, state: 'warned' as const },
    ])
      expect(read(claimOf(), { ...better, gates: [gate] }).verdict).toBe('supported');
    expect(read(claimOf(), { ...better, gates: [{ ...missed, against: 'sse' }] }).verdict).toBe(
      'open',
    );
  });

  it.each([
    ['an injected effect', { injection: { kind: 'delay', ns: 1_000_000 } as never }],
    ['another way of writing', { writes: 'at-once' as never }],
  ])('nor one with %s', (_what, change) => {
    const arms = (['sse', 'ws'] as const).map((transport, index) =>
      Object.assign(
        { transport, client: 'probe' as const, path: 'direct' as const },
        index === 1 ? change : {},
      ),
    );
    const run = madeRun(better);
    const { plan } = run.analysis;
    const altered = { ...run, analysis: { ...run.analysis, plan: { ...plan, arms } } };
    expect(readClaim(claimOf(), [altered], { scenarios: {} })).toMatchObject({
      verdict: 'open',
      tests: 1,
    });
    expect(rowsOf(readClaim(claimOf(), [altered], { scenarios: {} }))).toEqual([]);
  });

  it('nor arms with different clients, paths or TLS', () => {
    const run = madeRun(better);
    for (const change of [{ client: 'library' }, { path: 'relay' }, { tls: true }] as const) {
      const [first, second] = run.analysis.plan.arms;
      const plan = { ...run.analysis.plan, arms: [first!, { ...second!, ...change }] };
      expect(
        rowsOf(
          readClaim(claimOf(), [{ ...run, analysis: { ...run.analysis, plan } }], {
            scenarios: {},
          }),
        ),
      ).toEqual([]);
    }
  });
});

describe('what is counted of trials', () => {
  const counting = claimOf({
    sources: [{ kind: 'question', scenario: 'stream', question: 'asked' }],
  });
  const answered = (held: number, of: number): ClaimReading =>
    readClaim(counting, [madeRun()], {
      scenarios: {
        stream: {
          asked: ({ loadPoints }) => [
            {
              loadPoint: loadPoints[0]!.loadPoint,
              condition: 'as it was',
              endpoint: 'count',
              arms: ['sse'],
              held,
              of,
            },
          ],
        },
      },
    });

  it('decides where one half is excluded: six of six at the least', () => {
    expect(answered(6, 6).verdict).toBe('supported');
    expect(answered(0, 6).verdict).toBe('refuted');
    expect(rowsOf(answered(5, 5))).toMatchObject([
      { bearing: 'open', reason: '5 of 5 trials: too few to tell the rule from chance' },
    ]);
    expect(rowsOf(answered(5, 10))).toMatchObject([
      { bearing: 'open', reason: '5 of 10 trials: as often as not cannot be excluded' },
    ]);
    expect(rowsOf(answered(0, 0))).toEqual([]);
  });

  it('is void where one of its arms missed a gate', () => {
    const run = madeRun({ gates: [{ ...missed, arm: 'sse' }] });
    const reading = readClaim(counting, [run], {
      scenarios: {
        stream: {
          asked: ({ loadPoints }) => [
            {
              loadPoint: loadPoints[0]!.loadPoint,
              condition: 'as it was',
              endpoint: 'count',
              arms: ['sse'],
              held: 9,
              of: 9,
            },
          ],
        },
      },
    });
    expect(rowsOf(reading)).toMatchObject([{ bearing: 'void' }]);
  });

  it('settles nothing in a plan too short for verdicts, nor where a trial of its arms failed', () => {
    const asked = {
      scenarios: {
        stream: {
          asked: ({ loadPoints }: Analysis) => [
            {
              loadPoint: loadPoints[0]!.loadPoint,
              condition: 'as it was',
              endpoint: 'count',
              arms: ['sse'],
              held: 9,
              of: 9,
            },
          ],
        },
      },
    };
    const short = madeRun({ options: { verdicts: false } });
    expect(rowsOf(readClaim(counting, [short], asked))).toMatchObject([
      { bearing: 'open', reason: 'this plan is too short to support a verdict' },
    ]);
    const run = madeRun();
    const failing = (name: string): EvidenceRun => {
      const loadPoints = run.analysis.loadPoints.map((point) => ({
        ...point,
        arms: point.arms.map((arm) => ({ ...arm, failed: arm.name === name ? 1 : 0 })),
      }));
      return { ...run, analysis: { ...run.analysis, loadPoints } };
    };
    expect(rowsOf(readClaim(counting, [failing('sse')], asked))).toMatchObject([
      { bearing: 'open', reason: '1 trial failed, and may be one that matters' },
    ]);
    expect(readClaim(counting, [failing('ws')], asked).verdict).toBe('supported');
  });

  it('must be answered by the scenario that is asked', () => {
    expect(() => readClaim(counting, [madeRun()], { scenarios: {} })).toThrow(
      'scenario stream must answer asked',
    );
  });
});

describe('a metric without a verdict', () => {
  const signs = claimOf({
    sources: [
      { kind: 'blocks', scenario: 'stream', metric: 'delivery.p50', higher: 'sse', than: 'ws' },
    ],
  });
  const slower = (blocks: number): ClaimReading =>
    read(signs, {
      options: {
        blocks,
        burnInBlocks: 0,
        factor: (quantity, transport) =>
          quantity === 'deliveryScheduledNs' && transport === 'sse' ? 2 : 1,
      },
    });

  it('is a sign test over blocks', () => {
    expect(slower(9).verdict).toBe('supported');
    expect(rowsOf(slower(9))).toMatchObject([{ figure: { held: 9, of: 9, counted: 'blocks' } }]);
    expect(slower(4).verdict).toBe('open');
  });
});
