import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hashPlan } from '../../analysis/hash-plan.ts';
import { BenchError } from '../../contract/errors.ts';
import { populationOf } from '../../contract/population.ts';
import type { Plan } from '../../contract/run-file.ts';
import { tailOf } from '../../contract/tail.ts';
import { NS_PER_MS } from '../../contract/units.ts';
import { repeatCommand } from '../../flags/repeat.ts';
import type { RunFlags } from '../../flags/run-flags.ts';
import { buildPlan } from '../build-plan.ts';
import { planTrials } from '../trials.ts';

let folder: string;
let trace: string;

/** 101 rows, one every 100 ms, of 1 to 10 tokens. */
const rowOf = (row: number, tokens = 1 + (row % 10)): string =>
  JSON.stringify({ timestamp: 100 * row, input_length: 10 * row, output_length: tokens });

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamduel-arrivals-'));
  trace = write(
    'made-up.jsonl',
    Array.from({ length: 101 }, (_, row) => rowOf(row)),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

const usual = { seed: '7', preset: 'quick', warmup: '1s', duration: '2s' } as const;

async function planOf(flags: RunFlags, scenario = 'stream'): Promise<Plan> {
  const surroundings = { randomSeed: () => 1, canPin: false, canPilot: true };
  return (await buildPlan([scenario], { ...usual, ...flags }, surroundings)).plan;
}

const refusalOf = async (flags: RunFlags, scenario?: string): Promise<string | undefined> =>
  await planOf(flags, scenario).then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof BenchError)) throw error;
      return `${error.message}; ${error.hint ?? ''}`;
    },
  );

describe('a trace', () => {
  test('gives the starts and the lengths of the rows within a trial, and says what of it is used', async () => {
    const plan = await planOf({ arrivals: trace });
    expect(plan.arrivals).toMatchObject({
      kind: 'trace',
      file: 'made-up.jsonl',
      format: 'mooncake',
      rows: 101,
      speed: 1,
      given: trace,
      // Up to 3 s and a tail of 250 ms.
      startNs: Array.from({ length: 33 }, (_, row) => 100 * row * NS_PER_MS),
      inputTokens: { median: 160, most: 320 },
    });
    expect(plan.loadPoints).toMatchObject([{ arrivals: 'arrivals of made-up.jsonl' }]);
    expect(plan).not.toHaveProperty('lowPhase');
  });

  test('ten times as fast begins ten times as many streams', async () => {
    const { arrivals, loadPoints } = await planOf({ arrivals: `${trace}:×3` });
    expect(arrivals?.kind === 'trace' && arrivals.startNs.length).toBe(98);
    expect(loadPoints[0]?.arrivals).toBe('arrivals of made-up.jsonl ×3');
  });

  test('is in the hash of the plan, row by row', async () => {
    const other = write('other.jsonl', [
      ...Array.from({ length: 100 }, (_, row) => rowOf(row)),
      rowOf(100, 999),
    ]);
    const [one, two] = [await planOf({ arrivals: trace }), await planOf({ arrivals: other })];
    expect(one.arrivals?.kind === 'trace' && one.arrivals.sha256).not.toBe(
      two.arrivals?.kind === 'trace' && two.arrivals.sha256,
    );
    expect(hashPlan({ ...one, arrivals: undefined })).toBe(
      hashPlan({
        ...two,
        arrivals: undefined,
        loadPoints: one.loadPoints,
      }),
    );
    expect(hashPlan(one)).not.toBe(hashPlan(two));
  });

  test('is in the command that repeats the run, without lengths and connections', async () => {
    const command = repeatCommand(await planOf({ arrivals: `${trace}:×2` }), {});
    expect(command).toContain(` --arrivals ${trace}:x2 `);
    expect(command).not.toContain('--tokens');
    expect(command).not.toContain('--connections');
    expect(repeatCommand(await planOf({}), {})).not.toContain('--arrivals');
  });

  test('that is shorter than a trial is refused', async () => {
    expect(await refusalOf({ arrivals: `${trace}:x4` })).toBe(
      `--arrivals ${trace}: its 101 rows last 2.5 s at ×4, and a trial 3 s; lower --duration or --warmup, or give a longer trace, or at most x3.33`,
    );
  });

  test('without a start in the window is refused', async () => {
    const gap = write('gap.jsonl', [rowOf(0), rowOf(100)]);
    expect(await refusalOf({ arrivals: gap })).toContain(
      'no stream begins in the window, from 1 s to 3 s',
    );
  });

  test('that is damaged is refused with the flag, the file and the line', async () => {
    const damaged = write('damaged.jsonl', [rowOf(0), '{']);
    expect(await refusalOf({ arrivals: damaged })).toContain(
      `--arrivals ${damaged}:2: no JSON: "{"`,
    );
  });

  test('that does not exist is refused with the forms of the flag', async () => {
    expect(await refusalOf({ arrivals: 'poison:20' })).toMatch(
      /--arrivals poison:20: .*such as poison:x20|speed with an x/,
    );
    expect(await refusalOf({ arrivals: 'nowhere.csv' })).toContain(
      '--arrivals nowhere.csv: there is no file of that name; steady, poisson:20',
    );
  });
});

describe('connections', () => {
  test('are the most of any trial, and each trial keeps within them', async () => {
    const plan = await planOf({ arrivals: 'poisson:30', blocks: '6' });
    const most = plan.loadPoints[0]?.connections ?? 0;
    const used = planTrials(plan).map(({ workloadSeed }) => {
      const { slots } = populationOf({
        workload: plan.workload,
        connections: most,
        workloadSeed,
        rampNs: 0,
        warmupNs: plan.warmupNs,
        windowNs: plan.windowNs,
        tailNs: tailOf(plan.workload),
        arrivals: plan.arrivals,
      });
      return slots.reduce((one, slot) => Math.max(one, slot + 1), 0);
    });
    expect(Math.max(...used)).toBe(most);
    expect(plan.arrivals?.most.connections).toBe(most);
  });

  test('that are too few are refused with how many are needed; enough are accepted', async () => {
    const needed = (await planOf({ arrivals: trace })).loadPoints[0]?.connections ?? 0;
    expect(await refusalOf({ arrivals: trace, connections: String(needed - 1) })).toContain(
      `--connections ${needed - 1} are too few for these arrivals: up to ${needed} streams are open at once, and none is left out; allow --connections ${needed}`,
    );
    expect(await planOf({ arrivals: trace, connections: '500' })).toEqual(
      await planOf({ arrivals: trace }),
    );
  });
});

describe('arrivals of a workload', () => {
  test('are its own unless a flag says otherwise', async () => {
    const plan = await planOf({ workload: 'azure-chat' });
    expect(plan.arrivals).toMatchObject({ kind: 'drawn', speed: 1 });
    expect(plan.arrivals).not.toHaveProperty('given');
    expect(plan.loadPoints[0]?.arrivals).toBe('arrivals of workload azure-chat');
    expect(repeatCommand(plan, {})).not.toContain('--arrivals');
    expect(repeatCommand(plan, {})).not.toContain('--tokens');
  });

  test('are ten times as fast on request, and Poisson ones are as many', async () => {
    const fast = await planOf({ workload: 'azure-chat', arrivals: 'workload:x10' });
    expect(fast.arrivals?.most.streams).toBeGreaterThan(100);
    expect(fast.loadPoints[0]?.arrivals).toBe('arrivals of workload azure-chat ×10');
    const poisson = await planOf({ workload: 'azure-chat', arrivals: 'poisson' });
    expect(poisson.loadPoints[0]?.arrivals).toBe('Poisson arrivals of 5.52 streams/s');
  });

  test('are refused where there are none', async () => {
    expect(await refusalOf({ arrivals: 'workload' })).toContain('"steady" has none');
    expect(await refusalOf({ arrivals: 'poisson' })).toContain('such as poisson:20');
  });

  test('are refused where a scenario has a number of equal streams', async () => {
    expect(await refusalOf({ workload: 'azure-code' }, 'fanout')).toContain(
      '--workload azure-code: its streams arrive by themselves',
    );
    expect(await refusalOf({ arrivals: 'poisson:20' }, 'fanout')).toContain(
      '--arrivals poisson:20: scenario fanout does not take it',
    );
  });
});

test('a trial that ends before the first tokens is refused, with a duration that has some', async () => {
  const slow = write('slow.json', [JSON.stringify({ firstTokenMedianMs: 60_000 })]);
  expect(await refusalOf({ workload: slow, arrivals: 'poisson:20' })).toContain(
    'its first token comes after a median of 60 s; measure for longer, as with --duration 120s',
  );
});

test('steady means the same as no flag', async () => {
  expect(await planOf({ arrivals: 'steady' })).toEqual(await planOf({}));
});

test('more streams than a plan may have are refused before they are planned', async () => {
  expect(await refusalOf({ arrivals: 'poisson:90000' })).toContain(
    '--arrivals poisson:90000: 292500 streams would begin within one trial, at most 100000 can',
  );
});

test.each([
  ['--loads', { loads: '10%' }],
  ['--carries', { carries: '100' }],
  ['--connections', { connections: '10,20' }],
  ['--arrivals', { client: 'browser' }],
] as const)('%s beside arrivals is refused', async (flag, flags) => {
  expect(await refusalOf({ arrivals: 'poisson:20', ...flags })).toMatch(new RegExp(`^${flag} `));
});

test('lengths of a trace cannot be given, those of Poisson arrivals can', async () => {
  expect(await refusalOf({ arrivals: trace, tokens: '5' })).toContain(
    `--tokens 5: expected nothing: the lengths are those of ${trace}`,
  );
  expect((await planOf({ arrivals: 'poisson:20', tokens: '5' })).workload.tokensPerStream).toBe(5);
});

test('a workload of unequal streams has no steady population', async () => {
  expect(await refusalOf({ workload: 'azure-chat', arrivals: 'steady' })).toContain(
    '--arrivals steady: expected a workload whose streams are equally long',
  );
});
