// The load process of a target: it is told what to ask for and when, and reports what it received.

import { linkToParent, sendToParent } from '../../bench/contract/child-link.ts';
import { BenchError } from '../../bench/contract/errors.ts';
import {
  toTargetLoadSchema,
  type FromTargetLoad,
  type ToTargetLoad,
} from '../../bench/contract/target.ts';
import { TargetLoad } from './target-load.ts';

const say = async (message: FromTargetLoad): Promise<void> => await sendToParent(message);

let load: TargetLoad | undefined;

linkToParent<ToTargetLoad>({
  schema: toTargetLoadSchema,
  onMessage: async (message) => {
    switch (message.kind) {
      case 'target-load':
        load = new TargetLoad(message);
        await say({ kind: 'ready' });
        return;
      case 'start':
        if (load === undefined)
          throw new BenchError('USAGE', 'the load process was started before it was told its load');
        await say(await load.run(BigInt(message.epochNs)));
        process.exit(0);
    }
  },
});
