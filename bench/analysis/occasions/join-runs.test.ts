import { describe, expect, it } from 'vitest';
import { deriveSeed, drawNormal, seededDraw } from '../../contract/random.ts';
import type { SavedRun } from '../../contract/run-file.ts';
import { independentRun, missGate, type IndependentOptions } from '../across/across-fixture.ts';
import { factorOn } from '../analysis-fixture.ts';
import { fewestByChance } from '../simulation/chance.ts';
import { joinRuns } from './join-runs.ts';
import type { JoinedComparison, JoinedCondition } from './joined-runs.ts';
import { streamReading } from '../../scenarios/stream/reading.ts';

const run = (occasion: number, options: IndependentOptions = {}): SavedRun =>
  independentRun({ occasion, seed: occasion, ...options });

const netns: IndependentOptions['plan'] = {
  arms: [
    { transport: 'sse', client: 'probe', path: 'netns' },
    { transport: 'ws', client: 'probe', path: 'netns' },
  ],
};

function find({ comparisons }: JoinedCondition, metric: string): JoinedComparison {
  const found = comparisons.find((comparison) => comparison.metric === metric);
  if (found === undefined) throw new Error(`${metric} is not compared`);
  return found;
}

/** Multiplies CPU per token of WebSocket, and nothing else, by the factor. */
const cpu = (factor: number): IndependentOptions => ({
  factor: factorOn('serverCpu', 'ws', factor),
});

describe('three occasions', () => {
  it('find an effect that all of them have, with the same claim, and nothing else', () => {
    const { main } = joinRuns(
      [1, 2, 3].map((occasion) => run(occasion, cpu(1.3))),
      streamReading,
    );
    const found = find(main, 'cpu.server.token');
    expect(found.verdict).toMatchObject({ kind: 'better', favours: 'sse' });
    expect(found.ratio!.low).toBeLessThan(1.3);
    expect(found.ratio!.high).toBeGreaterThan(1.3);
    expect(found.occasions.map(({ verdict }) => verdict.kind)).toEqual([
      'better',
      'better',
      'better',
    ]);
    const others = main.comparisons.filter(
      ({ endpoint, metric }) => endpoint !== undefined && metric !== 'cpu.server.token',
    );
    expect(others.map(({ verdict }) => verdict.kind)).toEqual([
      'equivalent',
      'equivalent',
      'equivalent',
      'equivalent',
    ]);
  });

  it('of known effects give their geometric mean, its t-interval and the deviation between them', () => {
    // Without noise the ratios are exact: logarithms ln 1.1, ln 1.2 and ln 1.3, deviation
    // 0.0835512.
    const { main } = joinRuns(
      [1.1, 1.2, 1.3].map((factor, index) => run(index + 1, { noise: 0, ...cpu(factor) })),
      streamReading,
    );
    const { ratio, spread } = find(main, 'cpu.server.token');
    expect(ratio!.value).toBeCloseTo((1.1 * 1.2 * 1.3) ** (1 / 3), 9);
    const half = (4.302653 * 0.0835512) / Math.sqrt(3);
    expect(Math.log(ratio!.high! / ratio!.value)).toBeCloseTo(half, 5);
    expect(spread!.scale).toBe('ratio');
    expect(spread!.between).toBeCloseTo(0.0835512, 6);
    expect(spread!.within).toBeCloseTo(0, 9);
  });

  it('that contradict each other claim nothing, though each run by itself does', () => {
    const { main } = joinRuns(
      [0.7, 1.3, 1.4].map((factor, index) => run(index + 1, cpu(factor))),
      streamReading,
    );
    const { verdict, occasions, sentence } = find(main, 'cpu.server.token');
    expect(occasions.map((one) => one.verdict.favours)).toEqual(['ws', 'sse', 'sse']);
    expect(verdict).toMatchObject({
      kind: 'not-resolvable',
      favours: undefined,
      blocksNeeded: undefined,
    });
    expect(sentence).toContain('because the occasions differ by more than the margin allows');
  });

  it('of which one is invalid give no verdict, and name it', () => {
    const runs = [
      run(1),
      run(2, { edit: (trial) => (trial.block === 4 ? missGate(trial, 'C1') : trial) }),
      run(3),
    ];
    const { verdict } = find(joinRuns(runs, streamReading).main, 'delivery.p50');
    expect(verdict.kind).toBe('invalid');
    expect(verdict.reason).toMatch(/^reports\/occasion-2: /);
  });

  it('are joined in the order of their start, whatever that of the command', () => {
    expect(joinRuns([run(3), run(1), run(2)], streamReading)).toEqual(
      joinRuns([run(1), run(2), run(3)], streamReading),
    );
  });
});

it('two occasions claim nothing over both, and each keeps its own verdict', () => {
  const { verdict, occasions, ratio } = find(
    joinRuns([run(1, cpu(1.3)), run(2, cpu(1.3))], streamReading).main,
    'cpu.server.token',
  );
  expect(verdict).toMatchObject({
    kind: 'withheld',
    reason: '2 occasions; a claim over occasions needs 3',
  });
  expect(occasions.map((one) => one.verdict.kind)).toEqual(['better', 'better']);
  expect(ratio!.trials).toBe(2);
});

it.each([3, 5])(
  'where each of %i occasions has a shift of its own, equal arms are hardly ever told apart',
  (count) => {
    const experiments = 60;
    let quiet = 0;
    for (let experiment = 0; experiment < experiments; experiment++) {
      const draw = seededDraw(deriveSeed(20_261_129, experiment, count));
      const shifted = Array.from({ length: count }, (_, index) =>
        run(experiment * count + index + 1, {
          blocks: 4,
          ...cpu(Math.exp(0.1 * drawNormal(draw))),
        }),
      );
      const { kind } = find(joinRuns(shifted, streamReading).main, 'cpu.server.token').verdict;
      if (kind !== 'better' && kind !== 'size-uncertain') quiet++;
    }
    expect(quiet).toBeGreaterThanOrEqual(fewestByChance(0.95, experiments));
  },
);

describe('a condition that was varied', () => {
  const base = [1, 2, 3].map((occasion) => run(occasion, cpu(1.3)));

  it('leaves the verdict where both make the same claim', () => {
    const { sensitivity, variations } = joinRuns(
      [...base, run(4, { ...cpu(1.3), plan: netns })],
      streamReading,
    );
    expect(variations.map(({ varies }) => varies)).toEqual(['path']);
    const row = sensitivity.find(({ metric }) => metric === 'cpu.server.token');
    expect(row!.cells.map(({ outcome }) => outcome)).toEqual([undefined, 'kept']);
    expect(row!.cells[1]!.verdicts).toMatchObject([{ kind: 'better', favours: 'sse' }]);
  });

  it('changes it where it makes another one', () => {
    const { sensitivity } = joinRuns(
      [...base, run(4, { ...cpu(0.7), plan: { pin: true } })],
      streamReading,
    );
    const outcomes = Object.fromEntries(
      sensitivity.map(({ metric, cells }) => [metric, cells[1]!.outcome]),
    );
    expect(outcomes).toMatchObject({
      'cpu.server.token': 'changed',
      'delivery.p50': 'kept',
      'bytes.token': 'kept',
    });
  });

  it('leaves it open where one side makes none', () => {
    const { sensitivity } = joinRuns(
      [...base, run(4, { ...cpu(1.3), blocks: 12, noise: 0.6, plan: { pin: true } })],
      streamReading,
    );
    expect(sensitivity.find(({ metric }) => metric === 'cpu.server.token')!.cells[1]!.outcome).toBe(
      'open',
    );
  });

  it('is named in what was checked; what was not varied, in what was not', () => {
    expect(
      joinRuns([...base, run(4, { ...cpu(1.3), plan: { pin: true } })], streamReading).checked,
    ).toBe(
      'Checked against: 3 occasions, each with a seed of its own; pinning to CPUs. ' +
        'Not checked against: the path between server and client, other CPUs, two hosts, TLS, HTTP/2, proxies, other runtimes.',
    );
  });
});

describe('refused by name of what differs are', () => {
  it.each<[string, readonly SavedRun[], string]>([
    ['one run', [run(1)], 'join needs the folders of at least two runs'],
    ['the same run twice', [run(1), run(2), run(1)], 'are the same run: it is one occasion'],
    [
      'another window',
      [run(1), run(2, { plan: { windowNs: 5e9 } })],
      'measured window is 10 s in the one and 5 s in the other',
    ],
    [
      'another load',
      [run(1), run(2, { connections: [50] })],
      'load points is 100 connections in the one and 50 connections in the other',
    ],
    [
      'another number of blocks',
      [run(1), run(2, { blocks: 14 })],
      'blocks is 12 in the one and 14 in the other',
    ],
    [
      'other arms',
      [run(1), run(2, { transports: ['sse', 'ws', 'tcp'] })],
      'arms is sse, ws in the one and sse, ws, tcp in the other',
    ],
    [
      'another version',
      [run(1), run(2, { header: (header) => ({ ...header, streamduel: '0.2.0' }) })],
      'streamduel is 0.1.0 in the one and 0.2.0 in the other',
    ],
    [
      'another machine',
      [
        run(1),
        run(2, {
          header: (header) => ({
            ...header,
            environment: { ...header.environment, cpuModel: 'another' },
          }),
        }),
      ],
      'CPU is made up in the one and another in the other',
    ],
    [
      'two conditions at once',
      [run(1), run(2, { plan: { ...netns, pin: true } })],
      'in pinning and path at once',
    ],
    [
      'a run that was interrupted',
      [run(1), run(2, { edit: (trial) => (trial.block === 12 ? undefined : trial) })],
      'was interrupted',
    ],
  ])('%s', (_, runs, message) => {
    expect(() => joinRuns(runs, streamReading)).toThrow(message);
  });
});

it('another commit or a repeated seed forbids nothing, but is said', () => {
  const moved = run(2, {
    seed: 1,
    header: (header) => ({ ...header, environment: { ...header.environment, gitCommit: 'abc' } }),
  });
  expect(joinRuns([run(1), moved], streamReading).warnings).toEqual([
    'reports/occasion-1 and reports/occasion-2: git commit is none in the one and abc in the other',
    'Runs with the same seed drew the same workload and order: it is the hour alone that differs between them.',
  ]);
});
