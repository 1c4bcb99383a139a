// Test support: saved runs whose trials are independent of each other, so that a change between two
// runs can be injected and must be detected. In the runs of analysis-fixture.ts all arms of a block
// share most of their noise, which only pairing cancels.

import { deriveSeed, drawNormal, seededDraw } from '../../contract/random.ts';
import type { CompletedTrial, RunHeader, SavedRun } from '../../contract/run-file.ts';
import { fixtureRun, type FixtureOptions } from '../analysis-fixture.ts';
import { hashPlan } from '../hash-plan.ts';
import { describeTrial } from '../trial-fixture.ts';

export interface IndependentOptions extends FixtureOptions {
  /** Selects other noise for the same plan; 1 by default. */
  readonly occasion?: number;
  readonly folder?: string;
  /** Changes the header, including the plan in it. */
  readonly header?: (header: RunHeader) => RunHeader;
}

/** Blocks have workloads of their own, drawn from `seed`, as in a real run. */
export function independentRun({
  header: editHeader,
  edit,
  ...options
}: IndependentOptions = {}): SavedRun {
  const { noise = 0.02, occasion = 1, seed = 1, factor } = options;
  const draw = seededDraw(deriveSeed(seed, 3, occasion));
  const run = fixtureRun({
    ...options,
    edit: (trial): ReturnType<NonNullable<typeof edit>> => {
      const { transport } = trial.arm;
      const { connections } = trial.loadPoint;
      const numbers = describeTrial(
        transport,
        (quantity) =>
          Math.exp(noise * drawNormal(draw)) * (factor?.(quantity, transport, connections) ?? 1),
      );
      const made: CompletedTrial = {
        ...trial,
        ...numbers,
        workloadSeed: deriveSeed(seed, 2, trial.block, connections),
      };
      return edit === undefined ? made : edit(made);
    },
  });
  const header = editHeader?.(run.header) ?? run.header;
  const startedAt = new Date(Date.parse(header.startedAt) + occasion * 3_600_000).toISOString();
  return {
    ...run,
    folder: options.folder ?? `reports/occasion-${occasion}`,
    header: { ...header, startedAt, planSha256: hashPlan(header.plan) },
  };
}

/** The trial with one of its gates missed. */
export function missGate(trial: CompletedTrial, gateId: string): CompletedTrial {
  return {
    ...trial,
    gates: trial.gates.map((gate) =>
      gate.id === gateId ? Object.assign({}, gate, { ok: false, value: gate.limit * 2 + 1 }) : gate,
    ),
  };
}

/** The trial with so many more bytes in every token, in all counters. */
export function fatten(trial: CompletedTrial, bytesPerToken: number): CompletedTrial {
  const { client, server } = trial;
  const { modelBytes = 0, modelTokenBytes = 0 } = client;
  const bytes = bytesPerToken * client.tokensReceived;
  return {
    ...trial,
    server: { ...server, bytesWritten: server.bytesWritten + bytes },
    client: { ...client, modelBytes: modelBytes + bytes, modelTokenBytes: modelTokenBytes + bytes },
  };
}
