// Streams some thousand tokens through server and client before the trial's clock starts. Fresh
// processes run uncompiled code: without this a short trial would measure the compiler, and a slow
// load would never leave it.

import { isBrowser } from '../bench/contract/arms/stacks.ts';
import { transportIds, transports } from '../bench/contract/arms/transports.ts';
import { BenchError } from '../bench/contract/errors.ts';
import type { TrialSpecification } from '../bench/contract/messages.ts';
import { planRehearsal, REHEARSAL_PREFIX } from '../bench/contract/population.ts';
import type { Instant } from '../bench/contract/units.ts';
import type { TokenSource } from '../bench/contract/workload.ts';
import { keptPlace } from './kept-place.ts';
import { receiveStreams } from './receive.ts';
import { sharedPlace } from './shared-place.ts';
import { startRamp } from './ramp.ts';
import { Recorder } from './recorder.ts';
import { StreamAccounts } from './stream-accounts.ts';
import type { StreamClient, StreamListener, StreamTarget } from './stream-client.ts';

export interface RehearsalOptions {
  readonly specification: TrialSpecification;
  readonly source: TokenSource;
  readonly targetOf: (path: string) => StreamTarget;
  readonly now: () => Instant;
  readonly openClient: (listener: StreamListener) => StreamClient;
}

const TIMEOUT_MS = 20_000;
const CHECK_MS = 5;
/**
 * Slots for kept and shared connections: some more than there are streams at a time, so that reuse is
 * rehearsed, too.
 */
const KEPT_SLOTS = 120;
/**
 * Most streams at once in a browser: the lowest limit of any transport, so that all rehearse alike.
 */
const MOST_IN_BROWSER = Math.min(
  ...transportIds.flatMap((transport) => transports[transport].inBrowser?.mostStreams ?? []),
);

/**
 * Returns how long it took, ns. @throws BenchError STREAM when a stream of it fails or does not
 * verify.
 */
export async function rehearse(options: RehearsalOptions): Promise<number> {
  const { specification, now } = options;
  const { transport, workload, workloadSeed, rehearsalTokens, payload } = specification;
  if (rehearsalTokens === 0) return 0;
  const startNs = now();
  const { population } = planRehearsal(workload, workloadSeed, rehearsalTokens, payload);
  const accounts = new StreamAccounts(specification, population, options.source, {
    idPrefix: REHEARSAL_PREFIX,
  });
  const recorder = new Recorder(population);
  const client = options.openClient(receiveStreams(recorder, accounts));
  const open = (stream: number): void => {
    const streamId = accounts.streamId(stream);
    accounts.open(stream);
    recorder.startNs[stream] = now();
    const target = options.targetOf(transports[transport].route(streamId));
    const place = { slot: stream % KEPT_SLOTS, streamId };
    client.open(stream, {
      ...target,
      ...keptPlace(specification, place),
      ...sharedPlace(specification, place),
    });
  };
  const waiting: number[] = [];
  const most = isBrowser(specification.client) ? MOST_IN_BROWSER : Number.POSITIVE_INFINITY;
  const openWaiting = (): void => {
    while (waiting.length > 0 && accounts.openStreams < most) open(waiting.shift() as number);
  };
  const ramp = startRamp({
    startNs: population.startNs.map((ns) => startNs + ns),
    now,
    start: (stream) => {
      waiting.push(stream);
      openWaiting();
    },
  });
  const deadline = Date.now() + TIMEOUT_MS;
  while (accounts.ended < population.streams && Date.now() < deadline) {
    openWaiting();
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
  ramp.stop();
  for (const stream of accounts.openStreamNumbers()) client.abandon(stream);
  await client.close();
  if (!accounts.allVerified) {
    throw new BenchError(
      'STREAM',
      `the rehearsal before the trial failed: ${accounts.firstError() ?? `${accounts.openStreams} streams did not end`}`,
    );
  }
  return now() - startNs;
}
