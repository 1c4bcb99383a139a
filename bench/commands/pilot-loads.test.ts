import { expect, it } from 'vitest';
import type { PlannedTrial } from '../plan/trials.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { pilotLoads } from './pilot-loads.ts';

/** CPU time of an idle process, and of each stream, in ms a second. */
interface Cost {
  readonly idle: number;
  readonly stream: number;
}

async function pilot(
  costs: Readonly<Record<string, Cost>>,
  client: Cost = { idle: 0, stream: 0.1 },
) {
  const { plan } = await buildPlan(
    ['stream'],
    { preset: 'standard', seed: '7' },
    { randomSeed: () => 1, canPin: false, canPilot: true },
  );
  const tried: string[] = [];
  const use = ({ idle, stream }: Cost, streams: number) => ({
    use: { cpuUserNs: (idle + stream * streams) * 1e6, cpuSystemNs: 0, wallNs: 1e9 },
  });
  const placed = await pilotLoads(plan, {
    tokenFile: 'none',
    port: 0,
    verbose: false,
    signal: AbortSignal.timeout(1000),
    onTrial: () => {},
    measure: async ({ arm, loadPoint }: PlannedTrial, { plan: { lowPhase } }) => {
      expect(lowPhase).toBeUndefined();
      tried.push(`${arm.transport} ${loadPoint.connections}`);
      return {
        server: use(costs[arm.transport] as Cost, loadPoint.connections),
        client: use(client, loadPoint.connections),
      };
    },
  });
  return { placed, tried };
}

it('the arm that carries less decides, the null arm never, and idle costs are seen through near the top', async () => {
  // Saturation at (850 − 100) / 1 = 750 streams over ws, at 850 / 0.5 = 1,700 over sse.
  const { placed, tried } = await pilot({
    sse: { idle: 0, stream: 0.5 },
    ws: { idle: 100, stream: 1 },
    tcp: { idle: 0, stream: 9 },
  });
  expect(tried.map((one) => one.split(' ')[0])).toEqual(['sse', 'ws', 'ws']);
  const { carriedStreams, trials } = placed.loads!;
  expect(trials).toHaveLength(3);
  expect(carriedStreams).toBeGreaterThan(700);
  expect(carriedStreams).toBeLessThanOrEqual(750);
  expect(placed.loadPoints.map(({ share, connections }) => [share, connections])).toEqual([
    [0.1, Math.round(carriedStreams * 0.1)],
    [0.5, Math.round(carriedStreams * 0.5)],
    [0.7, Math.round(carriedStreams * 0.7)],
  ]);
  expect(placed.lowPhase).toEqual(
    (await pilot({ sse: { idle: 0, stream: 1 }, ws: { idle: 0, stream: 1 } })).placed.lowPhase,
  );
  expect(placed.lowPhase).toBeDefined();
});

it('a second step is made where the first stays far from the top', async () => {
  // Saturation at (850 − 250) / 0.3 = 2,000 streams; the first trial extrapolates to 630, the first
  // step to 1,150.
  const { placed, tried } = await pilot({
    sse: { idle: 250, stream: 0.3 },
    ws: { idle: 0, stream: 0.3 },
  });
  expect(tried.map((one) => one.split(' ')[0])).toEqual(['sse', 'ws', 'sse', 'sse']);
  expect(placed.loads!.carriedStreams).toBeGreaterThanOrEqual(1500);
  expect(placed.loads!.carriedStreams).toBeLessThanOrEqual(2000);
});

it('a load process that ends first counts as the end', async () => {
  const cheap = { idle: 0, stream: 0.1 };
  const { placed } = await pilot({ sse: cheap, ws: cheap }, { idle: 0, stream: 1 });
  expect(placed.loads!.carriedStreams).toBe(850);
});
