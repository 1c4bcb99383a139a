// One load process: receives a trial's specification and an address; reports its tally. It plans
// the same streams as the server.

import { DEFAULT_CLIENT, isBrowser, isLoadGenerator } from '../bench/contract/arms/stacks.ts';
import { linkToParent, sendToParent } from '../bench/contract/child-link.ts';
import { BenchError } from '../bench/contract/errors.ts';
import { toClientSchema, type FromClient, type ToClient } from '../bench/contract/messages.ts';
import { LoadTrial } from './load-trial.ts';
import { openProbeClient } from './probe/probe-client.ts';
import type { LoadOrder, OpenStack, Trial } from './trial-frame.ts';

/**
 * Load generators and `browser-limits` open no single streams of ours; their rehearsal, which needs
 * some, uses the probe, the default stack, which is part of this program.
 */
async function stackOf({
  client,
  browser,
  browserLimits,
}: LoadOrder['specification']): Promise<OpenStack> {
  if (isLoadGenerator(client) || browserLimits !== undefined || client === DEFAULT_CLIENT)
    return ({ transport }, options) => openProbeClient(transport, options);
  // Imported only when a trial needs them: loading the libraries and what drives a browser takes
  // longer than loading all else.
  if (!isBrowser(client)) {
    const { stacks } = await import('./stacks.ts');
    return ({ transport }, options) => stacks[client](transport, options);
  }
  const [{ openBrowserClient }, { ReceivingPage }] = await Promise.all([
    import('./browser/browser-client.ts'),
    import('./browser/receiving-page.ts'),
  ]);
  // One browser for all that this process receives: the page of a rehearsal is the page that is
  // measured.
  const page = new ReceivingPage(browser);
  return ({ transport }, options) => openBrowserClient({ client, transport }, options, page);
}

async function trialOf(order: LoadOrder): Promise<Trial> {
  const { recovery, completions, browserLimits, proxyCells, duplex, turns, stops, steers, client } =
    order.specification;
  const open = await stackOf(order.specification);
  if (browserLimits !== undefined) {
    const { BrowserLimitsTrial } = await import('./browser-limits/browser-limits-trial.ts');
    return new BrowserLimitsTrial(order, browserLimits, open);
  }
  if (proxyCells !== undefined) {
    const [{ ProxyCellsTrial }, { stacks }] = await Promise.all([
      import('./proxy-cells-trial.ts'),
      import('./stacks.ts'),
    ]);
    return new ProxyCellsTrial(order, proxyCells, { openStack: open, stacks });
  }
  if (duplex !== undefined) {
    const { DuplexTrial } = await import('./duplex/duplex-trial.ts');
    return new DuplexTrial(order, duplex, open);
  }
  if (turns !== undefined) {
    const { TurnsTrial } = await import('./turns/turns-trial.ts');
    return new TurnsTrial(order, turns, open);
  }
  if (stops !== undefined) {
    const { StopsTrial } = await import('./stops-trial.ts');
    return new StopsTrial(order, stops, open);
  }
  if (steers !== undefined) {
    const { SteersTrial } = await import('./steers-trial.ts');
    return new SteersTrial(order, steers, open);
  }
  if (completions !== undefined) {
    const ClosedLoop = isLoadGenerator(client)
      ? (await import('./autocannon-trial.ts')).AutocannonTrial
      : (await import('./completions-trial.ts')).CompletionsTrial;
    return new ClosedLoop(order, completions, open);
  }
  if (recovery === undefined) return new LoadTrial(order, open);
  const { RecoveryTrial } = await import('./recovery-trial.ts');
  return new RecoveryTrial(order, recovery, open);
}

const say = async (message: FromClient): Promise<void> => await sendToParent(message);

let trial: Trial | undefined;

linkToParent<ToClient>({
  schema: toClientSchema,
  onMessage: async (message) => {
    switch (message.kind) {
      case 'load':
        trial = await trialOf(message);
        await say(await trial.prepare());
        return;
      case 'start':
        if (trial === undefined)
          throw new BenchError('USAGE', 'the load process was started before it was told its load');
        await say(await trial.run(BigInt(message.epochNs)));
        process.exit(0);
    }
  },
});
