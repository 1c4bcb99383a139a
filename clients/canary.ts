// The canary's process: receives one server's address, reports its readings. Separate from the load
// process, which must not be late.

import type { FromCanary, ToCanary } from '../bench/contract/canary.ts';
import { toCanarySchema } from '../bench/contract/canary.ts';
import { linkToParent, sendToParent } from '../bench/contract/child-link.ts';
import { BenchError } from '../bench/contract/errors.ts';
import { CanaryWatch } from './canary-watch.ts';

const say = async (message: FromCanary): Promise<void> => await sendToParent(message);

let watch: CanaryWatch | undefined;

linkToParent<ToCanary>({
  schema: toCanarySchema,
  onMessage: async (message) => {
    switch (message.kind) {
      case 'read-idle':
        watch = new CanaryWatch(message);
        await watch.readIdle();
        await say({ kind: 'idle' });
        return;
      case 'read-window':
        if (watch === undefined)
          throw new BenchError('USAGE', 'the canary was sent out before it was told where to');
        await say(await watch.readWindow({ ...message, epochNs: BigInt(message.epochNs) }));
        process.exit(0);
    }
  },
});
