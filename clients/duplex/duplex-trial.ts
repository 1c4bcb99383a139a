// Sessions in which both ends send: every frame is handed over when it is due, whatever came of the
// ones before it, and every frame that comes is verified.

import { transports } from '../../bench/contract/arms/transports.ts';
import { callAt } from '../../bench/contract/child-link.ts';
import { makeChunks } from '../../bench/contract/chunks.ts';
import {
  dueNs,
  framesToNs,
  largeBytesOf,
  planRehearsalSessions,
  planSessions,
  type DuplexPlan,
  type DuplexTrial as SpecifiedTrial,
  type Session,
} from '../../bench/contract/duplex.ts';
import { BenchError } from '../../bench/contract/errors.ts';
import type { FromClient } from '../../bench/contract/messages.ts';
import { READ_BUFFER_BYTES } from '../probe/socket-limits.ts';
import { startRamp } from '../ramp.ts';
import { TrialFrame, type LoadOrder, type OpenStack, type Trial } from '../trial-frame.ts';
import { ClientSession } from './client-session.ts';
import { DuplexAccounts } from './duplex-accounts.ts';
import { openEventStreamLanes } from './event-stream-lanes.ts';
import type { OpenLanes } from './lanes.ts';
import { openWebSocketLanes } from './websocket-lanes.ts';

const REHEARSAL_TIMEOUT_MS = 15_000;
const CHECK_MS = 5;
/** Time for what is under way to arrive after the last frame of a rehearsal. */
const REHEARSAL_REST_NS = 100e6;

interface DueFrame {
  readonly session: ClientSession;
  readonly index: number;
  readonly dueNs: number;
}

export class DuplexTrial implements Trial {
  readonly #trial: SpecifiedTrial;
  readonly #frame: TrialFrame;
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  readonly #contents: readonly Buffer[];
  /** Made before T0: it takes tens of milliseconds. */
  readonly #large: Buffer | undefined;
  readonly #openLanes: OpenLanes;

  constructor(order: LoadOrder, duplex: DuplexPlan, openStack: OpenStack) {
    const { specification } = order;
    this.#trial = { ...specification, duplex };
    this.#frame = new TrialFrame(order, openStack);
    this.#contents = makeChunks(duplex.frameBytes);
    this.#large = duplex.largeBytes === undefined ? undefined : largeBytesOf(duplex.largeBytes);
    this.#openLanes = lanesOf(specification);
  }

  async prepare(): Promise<FromClient> {
    const ready = await this.#frame.prepare();
    const startNs = this.#frame.now();
    await this.#rehearse();
    return { ...ready, rehearsalNs: this.#frame.now() - startNs };
  }

  async #rehearse(): Promise<void> {
    const { now } = this.#frame;
    const sessions = planRehearsalSessions(this.#trial).map(
      (plan) =>
        new ClientSession(plan, this.#trial.duplex, {
          frame: () => undefined,
          large: () => undefined,
        }),
    );
    const originNs = now();
    for (const session of sessions) this.#open(session);
    const ramp = this.#pace(sessions, originNs, () => undefined);
    const endNs = originNs + Math.max(...sessions.map(({ plan }) => lastDueNs(plan)));
    const end = callAt(endNs + REHEARSAL_REST_NS, now, () => {
      ramp.stop();
      for (const session of sessions) session.endUp();
    });
    const deadline = Date.now() + REHEARSAL_TIMEOUT_MS;
    while (sessions.some(({ isOver }) => !isOver) && Date.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    ramp.stop();
    clearTimeout(end);
    for (const session of sessions) session.close();
    const failed = sessions.find(({ isDone }) => !isDone);
    if (failed !== undefined)
      throw new BenchError(
        'STREAM',
        `the rehearsal before the trial failed: ${failed.failure?.message ?? 'a session did not end'}`,
      );
  }

  async run(epochNs: bigint): Promise<FromClient> {
    const { now } = this.#frame;
    const accounts = new DuplexAccounts(this.#trial);
    const sessions = planSessions(this.#trial).map(
      (plan) => new ClientSession(plan, this.#trial.duplex, accounts.eventsOf(plan, this.#large)),
    );
    const framed = this.#frame.run(epochNs, {
      begin: () => undefined,
      isOver: () => sessions.every(({ isOver }) => isOver),
      openStreams: () => sessions.filter(({ isOpen }) => isOpen).length,
      tokensReceived: () => accounts.framesReceived,
    });
    for (const session of sessions) callAt(session.plan.openNs, now, () => this.#open(session));
    const ramp = this.#pace(sessions, 0, (due) => accounts.ready(due, now()));
    callAt(framesToNs(this.#trial), now, () => {
      // A process that is late must not send frames after it has said that there are no more.
      ramp.stop();
      for (const session of sessions) session.endUp();
    });
    const { use } = await framed;
    ramp.stop();
    for (const session of sessions) session.close();
    const clock = await this.#frame.proveClockAgain();
    return { kind: 'duplex-tally', clock, tally: accounts.tally(sessions, use) };
  }

  #open(session: ClientSession): void {
    const path = `/v1/duplex/${session.plan.id}`;
    session.open((events) =>
      this.#openLanes({
        server: this.#frame.server,
        path,
        now: this.#frame.now,
        buffer: this.#buffer,
        up: session.up,
        down: session.down,
        events,
      }),
    );
  }

  /** Hands every frame over when it is due. */
  #pace(
    sessions: readonly ClientSession[],
    originNs: number,
    onReady: (dueNs: number) => void,
  ): { stop: () => number } {
    const frames = sessions
      .flatMap((session): DueFrame[] =>
        Array.from({ length: session.plan.frames }, (_, index) => ({
          session,
          index,
          dueNs: originNs + dueNs(session.plan, 'up', index),
        })),
      )
      .toSorted((a, b) => a.dueNs - b.dueNs);
    return startRamp({
      startNs: Float64Array.from(frames, (frame) => frame.dueNs),
      now: this.#frame.now,
      start: (place) => {
        const { session, index, dueNs: due } = frames[place] as DueFrame;
        onReady(due);
        session.send(index, this.#contentOf(session.plan, index));
      },
    });
  }

  #contentOf({ contentUp }: Session, index: number): Buffer {
    return this.#contents[(contentUp + index) % this.#contents.length] as Buffer;
  }
}

function lastDueNs(plan: Session): number {
  return dueNs(plan, 'up', plan.frames - 1);
}

function lanesOf({ transport, uplink }: LoadOrder['specification']): OpenLanes {
  const { upward, binary } = transports[transport].capabilities;
  if (upward === 'connection') return openWebSocketLanes({ isBinary: binary });
  if (uplink === undefined)
    throw new BenchError('USAGE', `an arm of ${transport} does not say how its client sends`);
  return openEventStreamLanes(uplink);
}
