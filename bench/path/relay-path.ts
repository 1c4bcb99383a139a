// A relay of the harness, in a process of its own, passes bytes on over loopback. It can delay
// them, limit how many pass in a second, and break connections.

import { fromRelaySchema, type ToRelay } from '../contract/messages.ts';
import { programPath } from '../contract/program.ts';
import { LOOPBACK } from './direct-path.ts';
import type { OpenPath } from './path.ts';

const program = programPath(import.meta.url, './relay-main');
const TIMEOUT_MS = 30_000;

export const openRelayPath: OpenPath = ({
  startWorker,
  delayNs,
  bytesPerSecond,
  roundTripNs,
  fault,
}) => {
  const relay = startWorker({ name: 'relay', program, schema: fromRelaySchema });
  const send = (message: ToRelay): void => relay.send(message);
  return {
    keepsBytes: true,
    pids: [relay.pid],
    serverHost: LOOPBACK,
    clientHost: LOOPBACK,
    isOnHostNetwork: true,
    withinServer: [],
    withinClient: [],
    connect: async (serverPort, signal) => {
      const order = fault && { fault: fault.action, faultNs: fault.atNs };
      const limit = bytesPerSecond === undefined ? {} : { bytesPerSecond };
      const distance = roundTripNs === undefined ? {} : { roundTripNs };
      send({
        kind: 'relay',
        host: LOOPBACK,
        serverPort,
        delayNs,
        ...limit,
        ...distance,
        ...order,
      });
      return (await relay.expect('relaying', TIMEOUT_MS, signal)).port;
    },
    start: (epochNs) => send({ kind: 'start', epochNs: String(epochNs) }),
    tally: async (signal) => {
      send({ kind: 'stop' });
      return (await relay.expect('tally', TIMEOUT_MS, signal)).tally;
    },
    [Symbol.asyncDispose]: async () => await relay[Symbol.asyncDispose](),
  };
};
