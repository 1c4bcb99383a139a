// Times out the streams of a storm that the server has not accepted: all at once, since all of them
// began together.

import { callAt } from '../bench/contract/child-link.ts';
import { OPEN_TIMEOUT, type ConnectingSpecification } from '../bench/contract/connecting.ts';
import { NS_PER_S } from '../bench/contract/units.ts';
import type { Recorder } from './recorder.ts';
import type { StreamAccounts } from './stream-accounts.ts';
import type { StreamClient } from './stream-client.ts';

interface StormedStreams {
  readonly now: () => number;
  readonly accounts: Pick<StreamAccounts, 'openStreamNumbers' | 'fail'>;
  readonly recorder: Pick<Recorder, 'acceptNs'>;
  readonly client: Pick<StreamClient, 'abandon'>;
}

/** Does nothing when streams begin one by one: then the end of the trial is soon enough. */
export function giveUpUnaccepted(
  connecting: ConnectingSpecification | undefined,
  streams: StormedStreams,
): NodeJS.Timeout | undefined {
  if (connecting?.kind !== 'storm') return undefined;
  const { atNs, timeoutNs } = connecting;
  const { now, accounts, recorder, client } = streams;
  return callAt(atNs + timeoutNs, now, () => {
    for (const stream of accounts.openStreamNumbers()) {
      if (!Number.isNaN(recorder.acceptNs[stream])) continue;
      client.abandon(stream);
      accounts.fail(stream, OPEN_TIMEOUT, `not accepted within ${timeoutNs / NS_PER_S} s`);
    }
  });
}
