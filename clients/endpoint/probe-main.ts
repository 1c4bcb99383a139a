// The client process of `streamduel probe`: opens streams, one after another, and tells what it
// observed of each.

import { linkToParent, sendToParent } from '../../bench/contract/child-link.ts';
import { toProbeSchema, type FromProbe, type ToProbe } from '../../bench/contract/probe.ts';
import { preferredAlpn } from './alpn.ts';
import { observeStream } from './observe-stream.ts';

const say = async (message: FromProbe): Promise<void> => await sendToParent(message);

let open: AbortController | undefined;

linkToParent<ToProbe>({
  schema: toProbeSchema,
  onMessage: async (message) => {
    if (message.kind === 'stop') {
      open?.abort();
      return;
    }
    const controller = new AbortController();
    open = controller;
    const { request, dialect, stopAfterEvents } = message;
    const observation = await observeStream(request, {
      dialect,
      stopAfterEvents,
      signal: controller.signal,
    });
    const alpn =
      observation.secureNs === undefined || controller.signal.aborted
        ? undefined
        : await preferredAlpn(request);
    await say({
      kind: 'observed',
      observation: { ...observation, ...(alpn !== undefined && { preferredAlpn: alpn }) },
    });
  },
});

await say({ kind: 'ready' });
