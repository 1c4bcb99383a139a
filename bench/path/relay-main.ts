// One relay process: receives the server's address, reports its own address and later its tally.

import { linkToParent, sendToParent } from '../contract/child-link.ts';
import { TrialClock } from '../contract/clock.ts';
import { BenchError } from '../contract/errors.ts';
import { toRelaySchema, type FromRelay, type ToRelay } from '../contract/messages.ts';
import { Relay } from './relay.ts';

const say = async (message: FromRelay): Promise<void> => await sendToParent(message);

const clock = new TrialClock();
let relay: Relay | undefined;

function current(): Relay {
  if (relay === undefined)
    throw new BenchError('USAGE', 'the relay was told to go on before it was told where to');
  return relay;
}

linkToParent<ToRelay>({
  schema: toRelaySchema,
  onMessage: async (message) => {
    switch (message.kind) {
      case 'relay':
        relay = new Relay({ ...message, now: clock.now });
        await say({ kind: 'relaying', port: await relay.listen() });
        return;
      case 'start':
        clock.agree(BigInt(message.epochNs));
        current().start();
        return;
      case 'stop': {
        const { user, system } = process.cpuUsage();
        current().close();
        await say({ kind: 'tally', tally: current().tally((user + system) * 1000) });
        process.exit(0);
      }
    }
  },
});
