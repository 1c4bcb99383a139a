import { expect, it } from 'vitest';
import type { FromClient, FromServer, TrialSpecification } from '../contract/messages.ts';
import type { ServerTally } from '../contract/tally.ts';
import { openPath } from '../path/open-path.ts';
import type { PlannedTrial } from '../plan/trials.ts';
import { ProcessGroup } from './process-group.ts';
import { runningTrial, type RunningTrial } from './running-trial.ts';
import { localSite } from './site.ts';
import { fakeWorker, type FakeWorker } from './worker-fixture.ts';

const never = new AbortController().signal;
const bound = (lowNs: number, highNs: number) => ({ exchanges: 500, violations: 0, lowNs, highNs });
const tallied = (lowNs: number, highNs: number) =>
  ({ kind: 'completions-tally', clock: bound(lowNs, highNs) }) as unknown as FromClient;

interface Parts {
  readonly clients: readonly FakeWorker<FromClient>[];
  readonly standby?: FakeWorker<FromServer>;
}

const serverOf = (streamsOpened: number): FakeWorker<FromServer> =>
  fakeWorker<FromServer>({
    answer: () => ({ kind: 'tally', tally: { streamsOpened } as ServerTally }),
  });

async function run({
  clients,
  standby,
}: Parts): Promise<{ trial: RunningTrial<'completions-tally'>; server: FakeWorker<FromServer> }> {
  const server = serverOf(1);
  const path = await openPath('direct', { startWorker: () => fakeWorker(), delayNs: 0 });
  const planned = {} as PlannedTrial;
  const groups = { servers: new ProcessGroup([server]), clients: new ProcessGroup(clients) };
  const site = await localSite(planned);
  const ready = clients.map((_, index) => ({
    kind: 'ready' as const,
    clock: bound(-index - 1, 5),
    timeNamespace: '',
    rehearsalNs: 0,
  }));
  const started = await site.start({
    ...groups,
    path,
    ready,
    timeNamespaces: [''],
    windowEndNs: 0,
  });
  const trial = runningTrial('completions-tally', {
    planned,
    specification: {} as TrialSpecification,
    path,
    ...groups,
    upstreams: undefined,
    standby,
    canary: undefined,
    ports: [1],
    clientPorts: [1],
    memoryAtStart: undefined,
    rehearsalNs: 0,
    signal: never,
    started,
    readerOf: (clock) => site.reader({ ...groups, path }, clock),
    patienceMs: 1000,
    longestMs: 1000,
    owned: new AsyncDisposableStack(),
  });
  return { trial, server };
}

it('a load process that fails ends every wait at once', async () => {
  const fails = fakeWorker<FromClient>({
    answer: () => Promise.reject(new Error('out of memory')),
  });
  const { trial } = await run({ clients: [fakeWorker(), fails] });
  const muchLaterNs = 10e9;
  await expect(trial.until(muchLaterNs)).rejects.toThrow('out of memory');
  await expect(trial.orFailure(new Promise(() => {}))).rejects.toThrow('out of memory');
  await expect(trial.drained).rejects.toThrow('out of memory');
  await expect(trial.finish()).rejects.toThrow('out of memory');
});

it('load processes that are done end no wait: what is due later is still to come', async () => {
  const { trial } = await run({ clients: [fakeWorker({ answer: () => tallied(0, 1) })] });
  await trial.drained;
  await trial.until(30e6);
  // Node's timers count whole milliseconds, and may be early by one.
  expect(trial.now()).toBeGreaterThanOrEqual(28e6);
});

it('the servers are stopped once all load is over, and the clock is as loose as that of the loosest process', async () => {
  const { trial, server } = await run({
    clients: [
      fakeWorker({ answer: () => tallied(-9, 3) }),
      fakeWorker({ answer: () => tallied(-2, 8) }),
    ],
  });
  expect(() => trial.closing()).toThrow('a trial is finished before its times are read');
  const finished = await trial.finish();
  expect(finished.server.streamsOpened).toBe(1);
  expect(finished.clients).toHaveLength(2);
  expect(server.sent).toMatchObject([{ kind: 'start' }, { kind: 'stop' }]);
  const { clock } = trial.closing();
  expect(clock).toMatchObject({
    before: { lowNs: -2, highNs: 5 },
    after: { lowNs: -9, highNs: 8 },
    sameTimeNamespace: true,
  });
});

it('a standby has taken the place of the server by then', async () => {
  const standby = serverOf(2);
  const { trial, server } = await run({
    clients: [fakeWorker({ answer: () => tallied(0, 1) })],
    standby,
  });
  expect((await trial.finish()).server.streamsOpened).toBe(2);
  expect(server.sent).not.toContainEqual({ kind: 'stop' });
  expect(standby.sent).toEqual([{ kind: 'stop' }]);
});
