import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, vi } from 'vitest';
import type { CanaryReadings } from '../bench/contract/canary.ts';
import { NS_PER_MS } from '../bench/contract/units.ts';
import { CanaryWatch } from './canary-watch.ts';

const WINDOW_MS = 1000;

/**
 * `idle` answers until the window begins, `loaded` in it. Fails when the canary leaves a connection
 * open.
 */
async function watchServer(
  idle: RequestListener,
  loaded: RequestListener,
): Promise<CanaryReadings> {
  let answer = idle;
  const server = createServer((request, response) => answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const watch = new CanaryWatch({ host: '127.0.0.1', ports: [port], requestsPerSecond: 20 });
  try {
    await watch.readIdle();
    answer = loaded;
    const readings = await watch.readWindow({
      epochNs: process.hrtime.bigint(),
      fromNs: 0,
      toNs: WINDOW_MS * NS_PER_MS,
    });
    const countOpen = async (): Promise<number> =>
      await new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    // Not `expect.poll`: tests that run side by side have no expectations of their own.
    await vi.waitUntil(async () => (await countOpen()) === 0, { timeout: 10_000 });
    return readings;
  } finally {
    watch.close();
    server.closeAllConnections();
    server.close();
  }
}

const atOnce: RequestListener = (_request, response) => response.end('{}');
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

it.concurrent('a server that answers 20 ms later is read 20 ms later, and only in the window', async () => {
  const { idle, loaded } = await watchServer(
    atOnce,
    (_request, response) => void setTimeout(() => response.end('{}'), 20),
  );
  // setTimeout counts in whole milliseconds, so it may be up to 1 ms early by the finer clock.
  expect(median(loaded.timesNs)).toBeGreaterThan(19 * NS_PER_MS);
  expect(median(loaded.timesNs) - median(idle.timesNs)).toBeGreaterThan(15 * NS_PER_MS);
  expect([idle.errors, loaded.errors, loaded.unanswered]).toEqual([0, 0, 0]);
});

it.concurrent('requests come one at a time at the rate that was asked for', async () => {
  const { idle, loaded } = await watchServer(atOnce, atOnce);
  // 20 per second; the last tenth of the window's second is left out. On a busy machine late timers
  // shift requests either way.
  expect(Math.abs(idle.requests - 20)).toBeLessThanOrEqual(4);
  expect(Math.abs(loaded.requests - 18)).toBeLessThanOrEqual(4);
  expect(loaded.timesNs).toHaveLength(loaded.requests);
});

it.concurrent('answers other than 200 are errors and have no time', async () => {
  const { loaded } = await watchServer(atOnce, (_request, response) =>
    response.writeHead(500).end(),
  );
  expect(loaded.errors).toBe(loaded.requests);
  expect(loaded.requests).toBeGreaterThan(10);
  expect(loaded.timesNs).toEqual([]);
});

it.concurrent('a request whose connection breaks is never taken for an answered one', async () => {
  const { loaded } = await watchServer(atOnce, (_request, response) => response.destroy());
  // autocannon does not report that a connection was closed: such a request is unanswered until its
  // connection sends the next.
  expect(loaded.errors + loaded.unanswered).toBe(loaded.requests);
  expect(loaded.requests).toBeGreaterThan(10);
});

it.concurrent('what is never answered counts with the time that it has waited', async () => {
  const { loaded } = await watchServer(atOnce, () => {});
  expect(loaded.unanswered).toBe(loaded.requests);
  expect(loaded.timesNs).toHaveLength(loaded.requests);
  // The first was planned for the begin of the window, the last for 100 ms before its end; a busy
  // machine sends them later.
  expect(Math.max(...loaded.timesNs)).toBeGreaterThan((WINDOW_MS / 2) * NS_PER_MS);
  expect(Math.min(...loaded.timesNs)).toBeGreaterThan(0);
});
