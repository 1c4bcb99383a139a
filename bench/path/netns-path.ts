// Server and clients are in two network namespaces of the trial's own, joined by a pair of virtual
// interfaces, which can be cut.

import assert from 'node:assert/strict';
import { openNamespaces, type NamespacePair } from './network-namespaces.ts';
import type { NetworkFault, OpenPath } from './path.ts';

export const openNetnsPath: OpenPath = async ({ delayNs, bytesPerSecond, fault }) => {
  assert(
    delayNs === 0 && bytesPerSecond === undefined && fault === undefined,
    'a pair of interfaces neither delays bytes, nor limits them, nor breaks single connections',
  );
  const namespaces = await openNamespaces();
  const { server, client } = namespaces;
  return {
    keepsBytes: true,
    pids: [],
    serverHost: server.address,
    clientHost: server.address,
    isOnHostNetwork: false,
    withinServer: server.within,
    withinClient: client.within,
    connect: (serverPort) => Promise.resolve(serverPort),
    start: () => {},
    fault: async (action) => await breakNetwork(namespaces, action),
    tally: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: async () => await namespaces[Symbol.asyncDispose](),
  };
};

async function breakNetwork(
  namespaces: NamespacePair,
  { how, lossShare }: NetworkFault,
): Promise<() => Promise<void>> {
  if (how === 'link-down') {
    await namespaces.linkDown();
    return async () => await namespaces.linkUp();
  }
  if (how === 'partition') await namespaces.partition();
  else await namespaces.lose(lossShare ?? 0);
  return async () => await namespaces.heal();
}
