// The address of this machine by which those that reach the broker reach it, too.

import { once } from 'node:events';
import { connect } from 'node:net';

const TIMEOUT_MS = 5000;

/** The address of the interface that leads to the broker. */
export async function addressTowards(url: URL): Promise<string> {
  const socket = connect({
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? 4222 : Number(url.port),
    timeout: TIMEOUT_MS,
  });
  try {
    await once(socket, 'connect');
    return socket.localAddress ?? '127.0.0.1';
  } finally {
    socket.destroy();
  }
}
