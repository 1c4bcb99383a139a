// A page in a real Chromium against the real servers, with every reader: every stream is
// whole, failures are counted, and no browser outlives its load process.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { needsTls, sharesConnections } from '../../bench/contract/arms/arms.ts';
import { clientStacks, type BrowserStack } from '../../bench/contract/arms/stacks.ts';
import type { TransportId } from '../../bench/contract/arms/transports.ts';
import { originUncertaintyNs } from '../../bench/contract/browser.ts';
import { startClockEcho } from '../../bench/contract/clock-proof.ts';
import type { TrialSpecification } from '../../bench/contract/messages.ts';
import { populationOf } from '../../bench/contract/population.ts';
import { readStamps, type StampColumns } from '../../bench/contract/stamps.ts';
import type { ClientTally } from '../../bench/contract/tally.ts';
import { NS_PER_MS } from '../../bench/contract/units.ts';
import { childrenOf, isAlive } from '../../bench/processes-fixture.ts';
import { isUntested, whyNoBrowser } from '../../bench/missing-fixture.ts';
import { makeCertificate } from '../../bench/trial/certificate.ts';
import { fastWorkload, startTestServer, type TestServer } from '../../servers/twin-fixture.ts';
import { startCutter } from '../cutter-fixture.ts';
import { LoadTrial } from '../load-trial.ts';
import { openBrowserClient } from './browser-client.ts';
import { ReceivingPage } from './receiving-page.ts';

const noBrowser = isUntested('clients in a page', whyNoBrowser());

const readers = (['browser', 'browser-fetch'] as const satisfies BrowserStack[]).flatMap((client) =>
  clientStacks[client].speaks.map((transport) => [transport, client] as const),
);

const [certificate, another] = [await makeCertificate(), await makeCertificate()];

function told(transport: TransportId, client: BrowserStack): TrialSpecification {
  return {
    transport,
    client,
    ...(needsTls({ transport, client }) && { tls: certificate }),
    connections: 4,
    workload: { ...fastWorkload, tokensPerStream: 20, tokensPerSecond: 100 },
    payload: 'lean',
    workloadSeed: 5,
    rehearsalTokens: 0,
    rampNs: 100 * NS_PER_MS,
    warmupNs: 200 * NS_PER_MS,
    windowNs: 800 * NS_PER_MS,
    tailNs: 100 * NS_PER_MS,
    drainNs: 3000 * NS_PER_MS,
    backpressureBytes: 1_000_000,
    host: '127.0.0.1',
    port: 0,
  };
}

/** A server of the trial's streams, and of no others. */
async function serve(specification: TrialSpecification): Promise<TestServer> {
  const { transport, client, streamsPerConnection, workload, payload, tls } = specification;
  return await startTestServer(transport, {
    population: populationOf(specification),
    workload,
    payload,
    client,
    ...(streamsPerConnection !== undefined && { streamsPerConnection }),
    ...(tls !== undefined && { tls }),
  });
}

const folder = mkdtempSync(join(tmpdir(), 'browser-'));
const pages = new Set<ReceivingPage>();
const children = new Set<ChildProcess>();

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const page of pages) await page.release();
  rmSync(folder, { recursive: true });
});

interface Received {
  readonly tally: ClientTally;
  readonly stamps: StampColumns;
  /** Process id of the browser, while it ran. */
  readonly pid: number;
}

async function receive(specification: TrialSpecification, port: number): Promise<Received> {
  using clock = await startClockEcho('127.0.0.1');
  const page = new ReceivingPage();
  pages.add(page);
  const stampsFile = join(folder, `${pages.size}.stamps`);
  const order = {
    kind: 'load',
    specification,
    stampsFile,
    host: '127.0.0.1',
    port,
    clockPort: clock.port,
  } as const;
  const { client, transport } = specification;
  const trial = new LoadTrial(order, (_, options) =>
    openBrowserClient({ client: client as BrowserStack, transport }, options, page),
  );
  await trial.prepare();
  const pid = (await page.pid())!;
  const said = await trial.run(process.hrtime.bigint());
  pages.delete(page);
  if (said.kind !== 'tally') throw new Error(`a load trial says its tally, not ${said.kind}`);
  return { tally: said.tally, stamps: readStamps(stampsFile), pid };
}

it.skipIf(noBrowser).each(readers)(
  '%s/%s: a page receives every stream whole, in order, and with all its times',
  async (transport, client) => {
    const specification = told(transport, client);
    const population = populationOf(specification);
    await using server = await serve(specification);
    const { tally, stamps, pid } = await receive(specification, server.port);
    expect(tally.errors).toEqual([]);
    expect(tally).toMatchObject({
      streamsStarted: population.streams,
      streamsVerified: population.streams,
      tokensReceived: population.totalTokens,
    });
    expect(tally).toMatchObject({
      lost: 0,
      duplicated: 0,
      reordered: 0,
      corrupt: 0,
      hashMismatches: 0,
      startsUnissued: 0,
    });
    // Values that a page cannot know are absent.
    expect(tally.bytesRead).toBeUndefined();
    expect(tally.tokenReads).toBeUndefined();
    expect(stamps['connectNs']!.every(Number.isNaN)).toBe(true);
    for (let stream = 0; stream < population.streams; stream++) {
      const moments = ['startNs', 'acceptNs', 'endNs'].map((name) => stamps[name]![stream]!);
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
      expect(moments.some(Number.isNaN)).toBe(false);
    }
    for (const [token, receivedNs] of stamps['receivedNs']!.entries())
      expect(stamps['appendedNs']![token]).toBeGreaterThanOrEqual(receivedNs);
    const { browser } = tally;
    expect(browser).toMatchObject({
      isIsolated: true,
      version: expect.stringMatching(/Chrom/) as string,
    });
    // There are four slots; on a busy machine a stream that ends late overlaps with the next of its
    // slot.
    expect(browser!.mostOpenStreams).toBeGreaterThan(1);
    expect(browser!.cpuNs).toBeGreaterThanOrEqual(0);
    expect(browser!.mainThreadShare).toBeGreaterThan(0);
    // The expected 5 µs are far below the 100 µs of a page that is not isolated.
    expect(browser!.resolutionNs).toBeLessThan(0.05 * NS_PER_MS);
    expect(originUncertaintyNs(browser!.clock)).toBeLessThan(5 * NS_PER_MS);
    expect(isAlive(pid)).toBe(false);
  },
);

/** By each reader the API with most names, and by EventSource the others. */
const apiStreams = [
  ...readers.map(([transport, client]) => [transport, client, 'openai-responses'] as const),
  ['sse', 'browser', 'openai'],
  ['sse', 'browser', 'anthropic'],
] as const;

it.skipIf(noBrowser).each(apiStreams)(
  '%s/%s: a page receives the streams of the API of payload %s whole',
  async (transport, client, payload) => {
    const specification = { ...told(transport, client), payload };
    const population = populationOf(specification);
    await using server = await serve(specification);
    const { tally, stamps } = await receive(specification, server.port);
    expect(tally).toMatchObject({
      errors: [],
      streamsVerified: population.streams,
      tokensReceived: population.totalTokens,
    });
    expect(stamps['receivedNs']!.some(Number.isNaN)).toBe(false);
    expect(stamps['endNs']!.some(Number.isNaN)).toBe(false);
  },
);

it.skipIf(noBrowser).each(readers)(
  '%s/%s: streams that are cut are failures, counted by cause, and their tokens are a prefix',
  async (transport, client) => {
    const specification = told(transport, client);
    const population = populationOf(specification);
    await using server = await serve(specification);
    // Longer than a head, shorter than any but the shortest streams; where all share a connection,
    // longer than its handshake and shorter than the first few of them together.
    const afterBytes = sharesConnections(specification) ? 6000 : 350;
    using cutter = await startCutter(server.port, { afterBytes, how: 'fin', cuts: 4 });
    const { tally } = await receive(specification, cutter.port);
    const failed = tally.errors.reduce((sum, { count }) => sum + count, 0);
    expect(failed).toBeGreaterThan(0);
    expect(tally.streamsVerified).toBe(population.streams - failed);
    expect(tally.lost).toBeGreaterThan(0);
    expect(tally).toMatchObject({ duplicated: 0, reordered: 0, corrupt: 0 });
    for (const { cause } of tally.errors)
      expect(cause).toMatch(/^(closed-early|network|eventsource-closed)$/);
  },
);

it.skipIf(noBrowser).each([
  ['sse', 'browser'],
  ['sse-post', 'browser-fetch'],
  ['ws', 'browser'],
] as const)(
  '%s/%s: a page receives over TLS what it receives without',
  async (transport, client) => {
    const specification = { ...told(transport, client), tls: certificate };
    const { streams, totalTokens } = populationOf(specification);
    await using server = await serve(specification);
    const { tally } = await receive(specification, server.port);
    expect(tally).toMatchObject({
      errors: [],
      streamsVerified: streams,
      tokensReceived: totalTokens,
      browser: { isIsolated: true },
    });
  },
);

it.skipIf(noBrowser)(
  'a page trusts the certificate of the run and no other, so that streams of another server fail',
  async () => {
    const specification = { ...told('sse-h2', 'browser'), tls: certificate };
    await using server = await serve({ ...specification, tls: another });
    const { tally } = await receive(specification, server.port);
    expect(tally).toMatchObject({ streamsVerified: 0, tokensReceived: 0 });
    expect(tally.errors.map(({ cause }) => cause)).toEqual(['closed-early']);
  },
);

it.skipIf(noBrowser)(
  'over HTTP/2 all streams of a page share one connection, and more are open at once than HTTP/1.1 has room for',
  async () => {
    const specification = { ...told('sse-h2', 'browser'), connections: 12 };
    await using server = await serve(specification);
    const connections: number[] = [];
    const looking = setInterval(() => {
      if (server.streams.openStreams === 0) return;
      void server.countConnections().then((count) => connections.push(count));
    }, 20);
    const { tally } = await receive(specification, server.port);
    clearInterval(looking);
    expect(tally).toMatchObject({ errors: [], streamsVerified: tally.streamsPlanned });
    expect(tally.browser!.mostOpenStreams).toBeGreaterThan(6);
    // Until it knows that the server speaks HTTP/2, Chromium may open some more, and closes them.
    const later = connections.slice(connections.length / 2);
    expect(later.length).toBeGreaterThan(5);
    expect(new Set(later)).toEqual(new Set([1]));
  },
);

it.skipIf(noBrowser)(
  'over HTTP/2 streams beyond what the server allows wait in the browser for others to end',
  async () => {
    const specification = { ...told('sse-h2', 'browser'), connections: 8, streamsPerConnection: 2 };
    await using server = await serve(specification);
    const open: number[] = [];
    const looking = setInterval(() => open.push(server.streams.openStreams), 10);
    const { tally } = await receive(specification, server.port);
    clearInterval(looking);
    expect(Math.max(...open)).toBe(2);
    expect(tally.browser!.mostOpenStreams).toBeGreaterThan(2);
  },
);

it.skipIf(noBrowser)(
  'a server that refuses is a failure of each stream, and not of the page',
  async () => {
    const specification = told('sse', 'browser-fetch');
    // This server knows none of its streams.
    await using server = await startTestServer('sse');
    const { tally } = await receive(specification, server.port);
    expect(tally.errors).toEqual([
      {
        cause: 'http-404',
        count: tally.streamsPlanned,
        example: expect.stringContaining('404') as string,
      },
    ]);
  },
);

it.skipIf(noBrowser)('the browser is gone when its load process is killed', async () => {
  const specification = told('sse', 'browser');
  await using server = await startTestServer('sse', {
    population: populationOf(specification),
    workload: specification.workload,
  });
  using clock = await startClockEcho('127.0.0.1');
  const program = fileURLToPath(new URL('../main.ts', import.meta.url));
  expect(existsSync(program)).toBe(true);
  const child = fork(program, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.add(child);
  const place = { host: '127.0.0.1', port: server.port, clockPort: clock.port };
  child.send({ kind: 'load', specification, stampsFile: join(folder, 'killed.stamps'), ...place });
  const [said] = (await once(child, 'message')) as [{ kind: string }];
  expect(said.kind).toBe('ready');
  const browsers = childrenOf(child.pid!).flatMap(({ pid, command }) =>
    /chrom/i.test(command) ? [pid] : [],
  );
  expect(browsers).not.toEqual([]);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  await expect.poll(() => browsers.filter(isAlive), { timeout: 10_000 }).toEqual([]);
});
