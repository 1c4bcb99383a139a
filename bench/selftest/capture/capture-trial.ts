// Ground truth: captures every packet of real trials at a low load, and compares the kernel's time
// of each packet with the stamps of the harness. Separate from measured trials, because capturing
// disturbs; by how much is measured as well.

import assert from 'node:assert/strict';
import { DEFAULT_PATH } from '../../contract/arms/paths.ts';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findWindowMembers } from '../../analysis/window-members.ts';
import { quantileOf } from '../../contract/distribution.ts';
import { planAllOffsetsNs, populationOf } from '../../contract/population.ts';
import type { CompletedTrial, Gate, Plan } from '../../contract/run-file.ts';
import type { TransportId } from '../../contract/arms/transports.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { openTokenSource } from '../../contract/workload.ts';
import { planBlock, type PlannedTrial } from '../../plan/trials.ts';
import { locateTokens } from '../../plan/workloads.ts';
import type { MeasuredSteady } from '../../scenarios/steady/measure.ts';
import { steady } from '../../scenarios/steady/procedure.ts';
import { recordSteady } from '../../scenarios/steady/record.ts';
import { measureTrial } from '../../trial/procedure.ts';
import { temporaryFolder } from '../../trial/temporary-folder.ts';
import { planCapture, type CaptureOptions } from './capture-plan.ts';
import type { CaptureRefusal } from './capture-refusal.ts';
import { judgeCapture, type CaptureJudgement } from './judge-capture.ts';
import { matchTokens, type MatchedTokens } from './match-tokens.ts';
import { startCapture, type CaptureCounts } from './packet-capture.ts';
import { readPcap } from './read-pcap.ts';
import { joinOffsets, readRealtimeOffset, type CaptureClock } from './realtime-offset.ts';
import { groupFlows } from './tcp-flows.ts';

/** Holds plain numbers throughout, so that it can be saved as JSON. */
export interface CapturedTransport extends CaptureJudgement, Omit<MatchedTokens, 'wireNs'> {
  readonly transport: TransportId;
  readonly packets: CaptureCounts;
  readonly clock: Omit<CaptureClock, 'offsetNs'>;
  /**
   * p50 of the delivery in two trials of one workload, undefined without tokens: the difference is
   * the cost of capturing.
   */
  readonly deliveryP50Ns: {
    readonly captured: number | undefined;
    readonly uncaptured: number | undefined;
  };
  /** Gates that the captured trial missed, except the one that any tcpdump misses. */
  readonly missedGates: readonly Gate[];
}

interface CaptureLoad {
  readonly connections: number;
  readonly tokensPerSecond: number;
  readonly windowNs: number;
}

export type CaptureResult =
  | { readonly outcome: 'refused'; readonly refusal: CaptureRefusal }
  | {
      readonly outcome: 'judged';
      /** True when every check of every transport passed, and no trial was INVALID in itself. */
      readonly ok: boolean;
      readonly load: CaptureLoad;
      readonly transports: readonly CapturedTransport[];
    };

interface CapturePlan {
  readonly plan: Plan;
  readonly signal: AbortSignal;
  readonly onTrial: NonNullable<CaptureOptions['onTrial']>;
}

/**
 * Returns a refusal when packets cannot be captured here. @throws BenchError for anything that
 * makes a trial a failed one.
 */
export async function captureTruth(options: CaptureOptions = {}): Promise<CaptureResult> {
  const { signal = new AbortController().signal, onTrial = () => {} } = options;
  const plan = await planCapture(options);
  const { trials } = planBlock(plan, 0, { attempt: 0, firstTrial: 0 });
  const transports: CapturedTransport[] = [];
  for (const { transport } of plan.arms) {
    const planned = trials.find((trial) => trial.arm.transport === transport) as PlannedTrial;
    const captured = await captureTransport(planned, { plan, signal, onTrial });
    if ('reason' in captured) return { outcome: 'refused', refusal: captured };
    transports.push(captured);
  }
  return {
    outcome: 'judged',
    ok: transports.every(isTrue),
    load: {
      connections: plan.loadPoints[0]?.connections as number,
      tokensPerSecond: plan.workload.tokensPerSecond,
      windowNs: plan.windowNs,
    },
    transports,
  };
}

function isTrue({ checks, missedGates }: CapturedTransport): boolean {
  return checks.every(({ ok }) => ok) && !missedGates.some(({ kind }) => kind === 'correctness');
}

const TRACER_GATE = 'N6';

async function captureTransport(
  planned: PlannedTrial,
  capturePlan: CapturePlan,
): Promise<CapturedTransport | CaptureRefusal> {
  const { transport, path } = planned.arm;
  assert(
    path === DEFAULT_PATH,
    'packets are captured on loopback, between the server and its clients',
  );
  const captured = await measureCaptured(planned, capturePlan);
  if ('reason' in captured) return captured;
  capturePlan.onTrial({ transport, isCaptured: false });
  const uncaptured = await measure(planned, capturePlan, await findFreePort());
  const { measured, matched, packets } = captured;
  const { wireNs, ...found } = matched;
  const { offsetNs: _offset, ...clock } = captured.clock;
  const record = recordSteady(planned, measured);
  const { population, window } = windowOf(measured);
  const judgement = judgeCapture({
    population,
    window,
    writtenNs: measured.serverStamps['writtenNs'] as Float64Array,
    wireNs,
    receivedNs: measured.clientStamps['receivedNs'] as Float64Array,
    clockErrorNs: clock.errorBoundNs,
  });
  return {
    transport,
    ...judgement,
    ...found,
    packets,
    clock,
    deliveryP50Ns: {
      captured: deliveryP50(record),
      uncaptured: deliveryP50(recordSteady(planned, uncaptured)),
    },
    missedGates: record.gates.filter(({ id, ok }) => !ok && id !== TRACER_GATE),
  };
}

function deliveryP50({ distributions }: CompletedTrial): number | undefined {
  return quantileOf(distributions.deliveryTransportNs, 0.5);
}

/** Returns the planned streams of a trial, and the tokens by which its window is judged. */
function windowOf({ specification }: MeasuredSteady) {
  const { warmupNs, windowNs } = specification;
  const population = populationOf(specification);
  const offsetsNs = planAllOffsetsNs(specification, population);
  const members = findWindowMembers({
    population,
    offsetsNs,
    windowStartNs: warmupNs,
    windowEndNs: warmupNs + windowNs,
  });
  return { population, window: members.tokens };
}

interface CapturedTrial {
  readonly measured: MeasuredSteady;
  readonly matched: MatchedTokens;
  readonly packets: CaptureCounts;
  readonly clock: CaptureClock;
}

/**
 * Far more than starting, rehearsing and stopping take: only an orphaned tcpdump lives that long.
 */
const SPARE_LIMIT_NS = 180 * NS_PER_S;

async function measureCaptured(
  planned: PlannedTrial,
  capturePlan: CapturePlan,
): Promise<CapturedTrial | CaptureRefusal> {
  const { plan, signal } = capturePlan;
  const { transport } = planned.arm;
  using folder = captureFolder();
  const file = join(folder.path, `${transport}.pcap`);
  const port = await findFreePort();
  const before = await readRealtimeOffset();
  const limitNs = plan.warmupNs + plan.windowNs + plan.drainNs + SPARE_LIMIT_NS;
  const capture = await startCapture({ port, file, signal, limitNs, cpu: planned.setup.serverCpu });
  if ('reason' in capture) return capture;
  await using running = capture;
  capturePlan.onTrial({ transport, isCaptured: true });
  const measured = await measure(planned, capturePlan, port);
  const packets = await running.stop();
  const clock = joinOffsets(before, await readRealtimeOffset());
  const matched = matchTokens({
    flows: groupFlows(readPcap(readFileSync(file), { name: file }), port),
    transport,
    payload: plan.payload,
    population: windowOf(measured).population,
    source: openTokenSource(measured.specification.workload),
    originNs: measured.epochNs + clock.offsetNs,
  });
  return { measured, matched, packets, clock };
}

async function measure(
  planned: PlannedTrial,
  { plan, signal }: CapturePlan,
  port: number,
): Promise<MeasuredSteady> {
  return await measureTrial(steady, planned, {
    plan,
    tokenFile: locateTokens(plan.workload, '.'),
    port,
    signal,
    verbose: false,
    keepStampsIn: undefined,
    onProgress: () => {},
  });
}

/**
 * Chosen before the server starts, because the capture filters by it; if another program takes it
 * meanwhile, the trial fails with PORT.
 */
async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function captureFolder(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(temporaryFolder(), 'capture-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
