// One load process: a trial's specification and an address in; its tally out. It plans the same streams as the server.

import { linkToParent, sendToParent } from '../bench/contract/child-link.ts';
import { BenchError } from '../bench/contract/errors.ts';
import { toClientSchema, type FromClient, type ToClient } from '../bench/contract/messages.ts';
import { isBrowser, isLoadGenerator } from '../bench/contract/transports.ts';
import { AutocannonTrial } from './autocannon-trial.ts';
import { openBrowserClient } from './browser/browser-client.ts';
import { ReceivingPage } from './browser/receiving-page.ts';
import { CompletionsTrial } from './completions-trial.ts';
import { LoadTrial } from './load-trial.ts';
import { RecoveryTrial } from './recovery-trial.ts';
import { stacks } from './stacks.ts';
import type { LoadOrder, OpenStack, Trial } from './trial-frame.ts';

/** One browser for all that this process receives: the page of a rehearsal is the page that is measured. */
let page: ReceivingPage | undefined;

/** A load generator opens no single stream; what it needs one for, the rehearsal, is the probe's. */
const open: OpenStack = ({ client, transport, browser }, options) => {
  if (isBrowser(client)) return openBrowserClient({ client, transport }, options, (page ??= new ReceivingPage(browser)));
  return stacks[isLoadGenerator(client) ? 'probe' : client](transport, options);
};

function trialOf(order: LoadOrder): Trial {
  const { recovery, completions, client } = order.specification;
  if (completions !== undefined) {
    const ClosedLoop = isLoadGenerator(client) ? AutocannonTrial : CompletionsTrial;
    return new ClosedLoop(order, completions, open);
  }
  return recovery === undefined ? new LoadTrial(order, open) : new RecoveryTrial(order, recovery, open);
}

const say = async (message: FromClient): Promise<void> => await sendToParent(message);

let trial: Trial | undefined;

linkToParent<ToClient>({
  schema: toClientSchema,
  onMessage: async (message) => {
    switch (message.kind) {
      case 'load':
        trial = trialOf(message);
        await say(await trial.prepare());
        return;
      case 'start':
        if (trial === undefined) throw new BenchError('USAGE', 'the load process was started before it was told its load');
        await say(await trial.run(BigInt(message.epochNs)));
        process.exit(0);
    }
  },
});
