import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { armName, COPY_LABEL } from '../../contract/arms/arms.ts';
import type { ClientStack } from '../../contract/arms/stacks.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import type { ScenarioId } from '../../contract/run-file.ts';
import type { Analysis, Verdict } from '../analysis.ts';
import { fixtureRun } from '../analysis-fixture.ts';
import type { ClaimAnswer, ClaimReading, ClaimRow } from './claim.ts';
import { manyClients } from '../../scenarios/claims.ts';
import { readClaim } from './read-claims.ts';
import { analyseRun } from '../../scenarios/readings.ts';

type Said = Partial<Verdict> & Pick<Verdict, 'kind'>;

interface Made {
  readonly scenario: ScenarioId;
  /** Verdict by metric. */
  readonly verdicts: Readonly<Record<string, Said>>;
  readonly transports?: readonly TransportId[];
  readonly client?: ClientStack;
  readonly connections?: readonly number[];
}

/** An analysis whose comparisons have the metrics and verdicts given in `verdicts`. */
function made({
  scenario,
  verdicts,
  transports = ['sse', 'ws'],
  client = 'probe',
  connections = [100],
}: Made): Analysis {
  const run = fixtureRun({ blocks: 3, transports, connections });
  const analysis = analyseRun(run);
  const loadPoints = analysis.loadPoints.map((point) => ({
    ...point,
    comparisons: Object.entries(verdicts).flatMap(([metric, said]) =>
      point.comparisons
        .filter((one) => one.metric === 'delivery.p50')
        .map((one) => Object.assign({}, one, { metric, verdict: verdictOf(said) })),
    ),
  }));
  const changed = { ...analysis, plan: { ...analysis.plan, scenario }, loadPoints };
  return client === 'probe' ? changed : withClient(changed, client);
}

function verdictOf(said: Said): Verdict {
  return {
    favours: undefined,
    differenceDetected: false,
    reason: undefined,
    blocksNeeded: undefined,
    ...said,
  };
}

function withClient(analysis: Analysis, client: ClientStack): Analysis {
  const arms = analysis.plan.arms.map((arm) => Object.assign({}, arm, { client }));
  const loadPoints = analysis.loadPoints.map((point) => ({
    ...point,
    comparisons: point.comparisons.map((one) =>
      Object.assign({}, one, { otherArm: `${one.otherArm}/${client}` }),
    ),
  }));
  return {
    ...analysis,
    plan: { ...analysis.plan, arms },
    baseline: `${analysis.baseline}/${client}`,
    loadPoints,
  };
}

const rowOf = ({ rows }: ClaimReading, part: string): ClaimRow =>
  rows.find((row) => row.part === part)!;
const idle = (said: Said): ClaimRow =>
  rowOf(
    readClaim(manyClients, [made({ scenario: 'memory', verdicts: { 'memory.retained': said } })]),
    IDLE,
  );
const IDLE = 'Memory of an idle connection';
const CPU = 'CPU time per token';

describe('a verdict decides what is said of the claim', () => {
  it.each([
    [{ kind: 'better', favours: 'sse' }, 'supports', undefined],
    [{ kind: 'better', favours: 'ws' }, 'refutes', undefined],
    [{ kind: 'exact', favours: 'sse' }, 'supports', undefined],
    [{ kind: 'exact', favours: 'ws' }, 'refutes', undefined],
    [{ kind: 'equivalent' }, 'equivalent', undefined],
    [{ kind: 'equivalent', differenceDetected: true }, 'equivalent', undefined],
    [{ kind: 'size-uncertain', favours: 'sse' }, 'not-settled', 'SSE better, size uncertain'],
    [{ kind: 'size-uncertain', favours: 'ws' }, 'not-settled', 'WebSocket better, size uncertain'],
    [{ kind: 'inconclusive' }, 'not-settled', 'inconclusive'],
    [
      { kind: 'not-resolvable', reason: 'two equal arms differed' },
      'not-settled',
      'too noisy for the margin',
    ],
    [{ kind: 'withheld', reason: 'exploratory' }, 'not-settled', 'no verdict, exploratory'],
    [{ kind: 'invalid', reason: 'C1' }, 'void', 'INVALID, C1'],
    [{ kind: 'harness-limited', reason: 'H2' }, 'void', 'HARNESS-LIMITED, H2'],
    [
      { kind: 'not-measured', reason: 'no trial supports this number' },
      'not-measured',
      'no trial supports this number',
    ],
  ] as const)('%j', (said, answer, reason) => {
    expect(idle(said)).toMatchObject({ answer, reason });
  });

  it('a counted difference without a favourite is equivalent within the margin, and open beyond it', () => {
    const analysis = made({
      scenario: 'memory',
      verdicts: { 'memory.retained': { kind: 'exact' } },
    });
    const [point] = analysis.loadPoints;
    const withRatio = (value: number): Analysis => ({
      ...analysis,
      loadPoints: [
        {
          ...point!,
          comparisons: point!.comparisons.map((one) =>
            Object.assign({}, one, { ratio: { ...one.ratio!, value }, margin: { ratio: 0.1 } }),
          ),
        },
      ],
    });
    expect(rowOf(readClaim(manyClients, [withRatio(1.05)]), IDLE).answer).toBe('equivalent');
    expect(rowOf(readClaim(manyClients, [withRatio(0.8)]), IDLE).answer).toBe('not-settled');
  });
});

const answersBySide = { sse: 'supports', ws: 'refutes' } as const satisfies Record<
  string,
  ClaimAnswer
>;

it('swapping the labels of the arms swaps for and against, whichever is the baseline', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('sse', 'ws'),
      fc.boolean(),
      fc.constantFrom('better', 'exact'),
      (favours, isSseFirst, kind) => {
        const transports = isSseFirst ? (['sse', 'ws'] as const) : (['ws', 'sse'] as const);
        const verdicts = { 'capacity.streams': { kind, favours } };
        const { answer } = rowOf(
          readClaim(manyClients, [made({ scenario: 'capacity', verdicts, transports })]),
          'Most streams at the objective',
        );
        expect(answer).toBe(answersBySide[favours]);
      },
    ),
    { seed: 7 },
  );
});

it('the ratio is WebSocket over SSE and the values are theirs, whichever is the baseline', () => {
  const verdicts = { 'memory.retained': { kind: 'inconclusive' } } as const;
  for (const transports of [
    ['sse', 'ws'],
    ['ws', 'sse'],
  ] as const) {
    const analysis = made({ scenario: 'memory', verdicts, transports });
    const [comparison] = analysis.loadPoints[0]!.comparisons;
    const { place } = rowOf(readClaim(manyClients, [analysis]), IDLE);
    const isSseFirst = transports[0] === 'sse';
    expect(place).toMatchObject({
      sseArm: 'sse',
      webSocketArm: 'ws',
      scenario: 'memory',
      metric: 'memory.retained',
    });
    expect([place!.sse, place!.webSocket]).toEqual(
      isSseFirst
        ? [comparison!.baseline, comparison!.other]
        : [comparison!.other, comparison!.baseline],
    );
    const { value, low, high } = comparison!.ratio!;
    expect(place!.ratio).toMatchObject(
      isSseFirst ? { value, low, high } : { value: 1 / value, low: 1 / high!, high: 1 / low! },
    );
    expect(place!.ratio!.low).toBeLessThan(place!.ratio!.high!);
  }
});

describe('only arms that differ in the transport alone are asked', () => {
  const verdicts = { 'memory.retained': { kind: 'better', favours: 'sse' } } as const;

  it('library clients on both sides are', () => {
    const analysis = made({
      scenario: 'memory',
      verdicts: { 'memory.retained': { kind: 'better', favours: 'sse/library' } },
      client: 'library',
    });
    expect(rowOf(readClaim(manyClients, [analysis]), IDLE)).toMatchObject({
      answer: 'supports',
      place: { sseArm: 'sse/library' },
    });
  });

  it('the null arm, a copy, another client and injected effects are not', () => {
    const refused = { answer: 'not-measured', place: undefined };
    expect(
      rowOf(
        readClaim(manyClients, [
          made({ scenario: 'memory', verdicts, transports: ['sse', 'tcp'] }),
        ]),
        IDLE,
      ),
    ).toMatchObject(refused);
    const { plan, ...rest } = made({ scenario: 'memory', verdicts });
    const [sse, ws] = plan.arms;
    const changes = [
      [sse!, { ...ws!, label: COPY_LABEL }],
      [sse!, { ...ws!, client: 'library' as const }],
      [sse!, { ...ws!, injection: { kind: 'delay' as const, delayNs: 1 } }],
    ];
    for (const arms of changes) {
      const loadPoints = rest.loadPoints.map((point) => ({
        ...point,
        comparisons: point.comparisons.map((one) =>
          Object.assign({}, one, { otherArm: armName(arms[1]!) }),
        ),
      }));
      const named = { ...rest, loadPoints, plan: { ...plan, arms } };
      expect(rowOf(readClaim(manyClients, [named]), IDLE)).toMatchObject(refused);
    }
  });
});

describe('a part of the claim', () => {
  it('without its scenario says which one measures it', () => {
    expect(
      readClaim(manyClients, []).rows.map(({ part, answer, reason }) => [part, answer, reason]),
    ).toEqual([
      [IDLE, 'not-measured', 'scenario memory measures it'],
      ['Memory of a streaming connection', 'not-measured', 'scenario memory measures it'],
      [CPU, 'not-measured', 'scenario capacity or stream measures it'],
      ['Most streams at the objective', 'not-measured', 'scenario capacity measures it'],
    ]);
  });

  it('has a row for each place at which it was measured', () => {
    const capacity = made({
      scenario: 'capacity',
      verdicts: { 'cpu.token.headline': { kind: 'equivalent' } },
    });
    const stream = made({
      scenario: 'stream',
      verdicts: { 'cpu.server.token': { kind: 'better', favours: 'ws' } },
      connections: [100, 1000],
    });
    const rows = readClaim(manyClients, [capacity, stream]).rows.filter(({ part }) => part === CPU);
    expect(
      rows.map(({ answer, place }) => [answer, place!.scenario, place!.loadPoint.connections]),
    ).toEqual([
      ['equivalent', 'capacity', 100],
      ['refutes', 'stream', 100],
      ['refutes', 'stream', 1000],
    ]);
  });

  it('leaves out places at which the metric has no value, unless there is no other', () => {
    const analysis = made({
      scenario: 'memory',
      verdicts: { 'memory.retained': { kind: 'not-measured', reason: 'why' } },
      connections: [1, 2],
    });
    expect(
      readClaim(manyClients, [analysis]).rows.filter(({ part }) => part === IDLE),
    ).toHaveLength(1);
    const capacity = made({
      scenario: 'memory',
      verdicts: { 'memory.retained': { kind: 'equivalent' } },
    });
    expect(
      readClaim(manyClients, [analysis, capacity]).rows.filter(({ part }) => part === IDLE),
    ).toMatchObject([{ answer: 'equivalent' }]);
  });

  it('of a pilot shows nothing', () => {
    const pilot = {
      endpoints: [],
      blocks: 9,
      isCapped: false,
      estimatedNs: undefined,
      command: '',
    };
    const analysis = made({
      scenario: 'memory',
      verdicts: { 'memory.retained': { kind: 'better', favours: 'sse' } },
    });
    expect(rowOf(readClaim(manyClients, [{ ...analysis, pilot }]), IDLE)).toMatchObject({
      answer: 'not-measured',
      reason: 'a pilot compares nothing',
      place: undefined,
    });
  });
});

describe('the whole is only as strong as its parts', () => {
  const sse = { kind: 'better', favours: 'sse' } as const;
  const ws = { kind: 'better', favours: 'ws' } as const;
  const same = { kind: 'equivalent' } as const;
  const open = { kind: 'inconclusive' } as const;
  const bad = { kind: 'invalid', reason: 'C1' } as const;
  const read = ([
    retained = open,
    streaming = open,
    cpu = open,
    streams = open,
  ]: readonly Said[]): ClaimReading =>
    readClaim(manyClients, [
      made({
        scenario: 'memory',
        verdicts: { 'memory.retained': retained, 'memory.streaming': streaming },
      }),
      made({
        scenario: 'capacity',
        verdicts: { 'cpu.token.headline': cpu, 'capacity.streams': streams },
      }),
    ]);

  it.each([
    [[sse, sse, sse, sse], 'SSE was cheaper with many clients in all that was measured.'],
    [[sse, sse, same, sse], 'SSE was cheaper with many clients in part of what was measured.'],
    [[sse, sse, sse, open], 'SSE was cheaper with many clients in part of what was measured.'],
    [
      [sse, ws, same, open],
      'it depends on what is counted whether SSE was cheaper with many clients.',
    ],
    [[ws, ws, same, ws], 'SSE was not cheaper with many clients in anything that was measured.'],
    [
      [same, same, same, same],
      'SSE was not cheaper with many clients in anything that was measured.',
    ],
    [
      [ws, open, same, ws],
      'SSE was not cheaper with many clients in what was settled, and the rest is open.',
    ],
    [
      [ws, ws, same, bad],
      'SSE was not cheaper with many clients in what was settled, and the rest is open.',
    ],
    [[open, open, open, bad], 'it is not settled whether SSE is cheaper with many clients.'],
  ] as const)('%j', (said, head) => {
    expect(read(said).sentence).toBe(`Here, over HTTP/1.1 with one stream a connection, ${head}`);
  });

  it('names every part under what was found of it', () => {
    expect(read([ws, same, open, bad]).details).toEqual([
      'WebSocket better: memory of an idle connection.',
      'Equivalent for practical purposes: memory of a streaming connection.',
      'Not settled: CPU time per token.',
      'Void, because a check failed: most streams at the objective.',
    ]);
  });

  it('is not asked of scenarios that measure none of it', () => {
    const { isAsked, sentence } = readClaim(manyClients, [
      made({ scenario: 'burst', verdicts: {} }),
    ]);
    expect([isAsked, sentence]).toEqual([
      false,
      expect.stringContaining('nothing was measured of whether SSE is cheaper'),
    ]);
    expect(read([open]).isAsked).toBe(true);
  });
});
