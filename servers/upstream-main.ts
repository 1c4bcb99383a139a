// Process that stands in for a model: receives where to listen; reports its tally.

import { callAt, linkToParent, sendToParent } from '../bench/contract/child-link.ts';
import { TrialClock } from '../bench/contract/clock.ts';
import { BenchError } from '../bench/contract/errors.ts';
import {
  COLLECT_BEFORE_WINDOW_NS,
  collectGarbage,
  UseMeter,
} from '../bench/contract/process-use.ts';
import type { ProcessUse } from '../bench/contract/tally.ts';
import {
  toUpstreamSchema,
  type FromUpstream,
  type ToUpstream,
} from '../bench/contract/upstream.ts';
import { Upstream } from './upstream.ts';

const say = async (message: FromUpstream): Promise<void> => await sendToParent(message);

const clock = new TrialClock();
const upstream = new Upstream();
let window: Pick<Extract<ToUpstream, { kind: 'generate' }>, 'warmupNs' | 'windowNs'> | undefined;
let use: ProcessUse | undefined;
let tokensBefore = 0;

function start(epochNs: bigint): void {
  if (window === undefined)
    throw new BenchError(
      'USAGE',
      'the upstream was told to start before it was told where to listen',
    );
  const { warmupNs, windowNs } = window;
  clock.agree(epochNs);
  tokensBefore = upstream.tokensWritten;
  callAt(warmupNs - COLLECT_BEFORE_WINDOW_NS, clock.now, collectGarbage);
  callAt(warmupNs, clock.now, () => {
    const meter = new UseMeter(clock.now);
    callAt(warmupNs + windowNs, clock.now, () => (use = meter.stop()));
  });
}

linkToParent<ToUpstream>({
  schema: toUpstreamSchema,
  onMessage: async (message) => {
    switch (message.kind) {
      case 'generate':
        window = message;
        await upstream.listen(message.socketPath);
        await say({ kind: 'generating' });
        return;
      case 'start':
        start(BigInt(message.epochNs));
        return;
      case 'stop':
        upstream.close();
        if (use === undefined)
          throw new BenchError(
            'CHILD_DIED',
            'the upstream was stopped before its window had ended',
          );
        await say({
          kind: 'tally',
          tally: { use, tokensWritten: upstream.tokensWritten - tokensBefore },
        });
        process.exit(0);
    }
  },
});
