// Opens the path between the server and the clients of a fault trial: direct, a relay of the trial's own, or two network
// namespaces.

import type { Fault, FaultAction } from '../contract/faults.ts';
import type { FromRelay, TrialSpecification } from '../contract/messages.ts';
import type { RelayTally } from '../contract/tally.ts';
import type { PathName } from '../contract/transports.ts';
import { openNamespaces, type NamespacePair } from '../path/network-namespaces.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { HOST, START_TIMEOUT_MS, startRelay, type ProcessOptions } from './trial-processes.ts';
import type { Worker } from './worker.ts';

type NetworkAction = Extract<FaultAction, { by: 'network' }>;

export interface OpenPath extends AsyncDisposable {
  /** Address on which the server listens, and to which its clients connect. */
  readonly serverHost: string;
  readonly clientHost: string;
  readonly isOnThisHost: boolean;
  /** Commands within which the processes must run. */
  readonly withinServer: readonly string[];
  readonly withinClient: readonly string[];
  readonly relay: Worker<FromRelay> | undefined;
  /** Returns the port that clients connect to. */
  readonly connect: (serverPort: number, specification: TrialSpecification, fault: Fault, signal: AbortSignal) => Promise<number>;
  readonly stopRelay: (signal: AbortSignal) => Promise<RelayTally | undefined>;
  readonly breakNetwork: (action: NetworkAction) => Promise<void>;
  readonly mendNetwork: (action: NetworkAction) => Promise<void>;
}

export async function openPath(planned: PlannedTrial, name: PathName, options: ProcessOptions): Promise<OpenPath> {
  if (name === 'netns') return throughNamespaces(await openNamespaces());
  return onThisHost(name === 'relay' ? startRelay(planned, options) : undefined);
}

function noNetwork(): Promise<never> {
  return Promise.reject(new TypeError('this path has no network of its own'));
}

function onThisHost(relay: Worker<FromRelay> | undefined): OpenPath {
  return {
    serverHost: HOST,
    clientHost: HOST,
    isOnThisHost: true,
    withinServer: [],
    withinClient: [],
    relay,
    connect: async (serverPort, { recovery }, { action }, signal) => {
      if (relay === undefined) return serverPort;
      const fault = action.by === 'relay' ? { fault: action.relay, faultNs: recovery?.faultNs } : {};
      relay.send({ kind: 'relay', host: HOST, serverPort, delayNs: 0, ...fault });
      return (await relay.expect('relaying', START_TIMEOUT_MS, signal)).port;
    },
    stopRelay: async (signal) => {
      relay?.send({ kind: 'stop' });
      return (await relay?.expect('tally', START_TIMEOUT_MS, signal))?.tally;
    },
    breakNetwork: noNetwork,
    mendNetwork: noNetwork,
    [Symbol.asyncDispose]: async () => await relay?.[Symbol.asyncDispose](),
  };
}

function throughNamespaces(namespaces: NamespacePair): OpenPath {
  return {
    serverHost: namespaces.server.address,
    clientHost: namespaces.server.address,
    isOnThisHost: false,
    withinServer: namespaces.server.within,
    withinClient: namespaces.client.within,
    relay: undefined,
    connect: (serverPort) => Promise.resolve(serverPort),
    stopRelay: () => Promise.resolve(undefined),
    breakNetwork: async ({ how, lossShare }) => {
      if (how === 'link-down') await namespaces.linkDown();
      else if (how === 'partition') await namespaces.partition();
      else await namespaces.lose(lossShare ?? 0);
    },
    mendNetwork: async ({ how }) => {
      if (how === 'link-down') await namespaces.linkUp();
      else await namespaces.heal();
    },
    [Symbol.asyncDispose]: async () => await namespaces[Symbol.asyncDispose](),
  };
}
