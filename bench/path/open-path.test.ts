import { expect, it } from 'vitest';
import type { FromRelay } from '../contract/messages.ts';
import { fakeWorker, type FakeWorker } from '../trial/worker-fixture.ts';
import type { StartWorker } from '../trial/worker.ts';
import type { Path, PathOptions } from './path.ts';
import { openPath } from './open-path.ts';

const never = new AbortController().signal;
const tally = { cpuNs: 1, connections: 2, reads: 3, bytes: 4 };
const answers: Record<FromRelay['kind'], FromRelay> = {
  relaying: { kind: 'relaying', port: 4000 },
  tally: { kind: 'tally', tally },
};

/** Opens a path whose relay is no process. */
async function openFake(
  options: Partial<PathOptions> = {},
): Promise<{ path: Path; relay: FakeWorker<FromRelay> }> {
  const relay = fakeWorker<FromRelay>({
    name: 'relay',
    answer: (kind) => answers[kind as FromRelay['kind']],
  });
  const startWorker = (() => relay) as unknown as StartWorker;
  return { path: await openPath('relay', { startWorker, delayNs: 0, ...options }), relay };
}

it('clients are led to the relay, which knows the server, its delay and its fault before the trial begins', async () => {
  const { path, relay } = await openFake({
    delayNs: 5,
    fault: { action: { kind: 'reset' }, atNs: 9 },
  });
  expect(await path.connect(3000, never)).toBe(4000);
  path.start(12n);
  expect(relay.sent).toEqual([
    {
      kind: 'relay',
      host: '127.0.0.1',
      serverPort: 3000,
      delayNs: 5,
      fault: { kind: 'reset' },
      faultNs: 9,
    },
    { kind: 'start', epochNs: '12' },
  ]);
});

it('the relay tells what it counted, its CPU time is known by its process, and it ends with the path', async () => {
  const { path, relay } = await openFake();
  expect(path.pids).toEqual([77]);
  expect(await path.tally(never)).toEqual(tally);
  await path[Symbol.asyncDispose]();
  expect(relay.isGone).toBe(true);
});

const startNothing: StartWorker = () => {
  throw new Error('no process stands between server and clients here');
};

it('on loopback the server’s own port is the clients’, and no process is started', async () => {
  const path = await openPath('direct', { startWorker: startNothing, delayNs: 0 });
  expect(await path.connect(3000, never)).toBe(3000);
  expect(await path.tally(never)).toBeUndefined();
});

it.each(['direct', 'netns'] as const)(
  'a delay that path %s cannot have is a defect, not a measurement without it',
  async (name) => {
    await expect(
      async () => await openPath(name, { startWorker: startNothing, delayNs: 1 }),
    ).rejects.toThrow('delay');
  },
);
