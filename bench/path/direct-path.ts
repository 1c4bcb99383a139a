// Nothing stands between server and clients: they talk over loopback.

import assert from 'node:assert/strict';
import type { OpenPath } from './path.ts';

export const LOOPBACK = '127.0.0.1';

export const openDirectPath: OpenPath = ({ delayNs, bytesPerSecond, fault }) => {
  assert(
    delayNs === 0 && bytesPerSecond === undefined && fault === undefined,
    'nothing on loopback could delay bytes, limit them or break connections',
  );
  return {
    keepsBytes: true,
    pids: [],
    serverHost: LOOPBACK,
    clientHost: LOOPBACK,
    isOnHostNetwork: true,
    withinServer: [],
    withinClient: [],
    connect: (serverPort) => Promise.resolve(serverPort),
    start: () => {},
    tally: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
};
