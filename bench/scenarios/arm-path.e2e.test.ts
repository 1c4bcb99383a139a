// Every procedure measures over the path of its arm: its streams pass the relay that the arm names,
// or the namespaces.

import { describe, expect, it } from 'vitest';
import { faults } from '../contract/faults.ts';
import type { FinishedTrial, ScenarioId } from '../contract/run-file.ts';
import type { RelayTally } from '../contract/tally.ts';
import type { PathName } from '../contract/arms/paths.ts';
import { whyNoNamespaces } from '../path/network-namespaces.ts';
import { buildPlan } from '../plan/build-plan.ts';
import { type RunFlags } from '../flags/run-flags.ts';
import { planTrials } from '../plan/trials.ts';
import { locateTokens } from '../plan/workloads.ts';
import { measureTrial, type Procedure, type Readings } from '../trial/procedure.ts';
import type { TallyKind } from '../trial/running-trial.ts';
import { closedLoop } from './completions/procedure/procedure.ts';
import { injecting } from './recovery/procedure/procedure.ts';
import { ladder } from './memory/procedure/procedure.ts';
import { page } from './browser-limits/procedure/procedure.ts';

interface Asked {
  readonly scenario: ScenarioId;
  readonly path: PathName;
  readonly flags?: RunFlags;
}

/** Measures one trial over SSE, and tells what the relay counted, if there was one. */
async function measure<Kind extends TallyKind, Own extends Readings, Trial extends FinishedTrial>(
  procedure: Procedure<Kind, Own, Trial>,
  { scenario, path, flags }: Asked,
): Promise<{ trial: Trial; relay: RelayTally | undefined }> {
  const common = { preset: 'smoke', transports: 'sse', seed: '7', blocks: '1' };
  const { plan } = await buildPlan(
    [scenario],
    { ...common, ...flags },
    { randomSeed: () => 1, canPin: false },
  );
  const [planned] = planTrials(plan);
  const onPath = { ...planned!, arm: { ...planned!.arm, path } };
  let relay: RelayTally | undefined;
  const watched: typeof procedure = {
    ...procedure,
    measure: async (trial, own) => {
      const finish = async (): ReturnType<typeof trial.finish> => {
        const finished = await trial.finish();
        relay = finished.relay;
        return finished;
      };
      return await procedure.measure({ ...trial, finish }, own);
    },
  };
  const measured = await measureTrial(watched, onPath, {
    plan,
    tokenFile: locateTokens(plan.workload, '.'),
    port: 0,
    verbose: false,
    signal: new AbortController().signal,
    keepStampsIn: undefined,
    onProgress: () => {},
  });
  return { trial: procedure.record(onPath, measured, plan), relay };
}

const defects = ({ gates }: FinishedTrial): string[] =>
  gates.filter(({ kind, ok }) => kind === 'correctness' && !ok).map(({ id }) => id);

const loop = { scenario: 'completions', flags: { connections: '4' } } as const;
const rungs = { scenario: 'memory', flags: { connections: '20,40,60' } } as const;
const closing = {
  scenario: 'reconnect',
  flags: { connections: '10', faults: 'graceful-close' },
} as const;
const closingAll = injecting(() => faults['graceful-close']);

it('a closed loop over a relay', async () => {
  const { trial, relay } = await measure(closedLoop, { ...loop, path: 'relay' });
  expect(defects(trial)).toEqual([]);
  expect(trial.completions.streams).toBeGreaterThan(4);
  expect(relay?.bytes).toBeGreaterThan(trial.completions.bytesRead / 2);
});

it('a ladder over a relay', async () => {
  const { trial, relay } = await measure(ladder, { ...rungs, path: 'relay' });
  expect(defects(trial)).toEqual([]);
  expect(relay?.connections).toBeGreaterThanOrEqual(60);
});

it('a fault that needs no path of its own over a relay', async () => {
  const { trial, relay } = await measure(closingAll, { ...closing, path: 'relay' });
  expect(defects(trial)).toEqual([]);
  // Each stream is closed once, and comes back.
  expect(relay?.connections).toBeGreaterThanOrEqual(20);
});

it('pages of a browser over a relay', async () => {
  const { trial, relay } = await measure(page, {
    scenario: 'browser-limits',
    path: 'relay',
    flags: { connections: '8' },
  });
  expect(defects(trial)).toEqual([]);
  expect(relay?.connections).toBeGreaterThanOrEqual(6);
});

// If namespaces are unavailable, `run --path netns` is refused before anything starts.
describe.skipIf(whyNoNamespaces() !== undefined)('over namespaces', () => {
  it('a closed loop', async () => {
    const { trial } = await measure(closedLoop, { ...loop, path: 'netns' });
    expect(defects(trial)).toEqual([]);
    expect(trial.completions.streams).toBeGreaterThan(4);
  });

  it('a ladder', async () => {
    const { trial } = await measure(ladder, { ...rungs, path: 'netns' });
    expect(defects(trial)).toEqual([]);
    expect(trial.ladder.rungs.map(({ connections }) => connections)).toContain(60);
  });

  it('a fault that needs no path of its own', async () => {
    const { trial } = await measure(closingAll, { ...closing, path: 'netns' });
    expect(defects(trial)).toEqual([]);
    expect(trial.recovery.noticed).toBe(10);
  });
});
