// A server process in faults, from its orchestrator's side: signals, a standby that takes over, its
// tally.

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, it } from 'vitest';
import type { TransportId } from '../bench/contract/arms/transports.ts';
import { renderCursor, streamEpoch } from '../bench/contract/control-events.ts';
import {
  fromServerSchema,
  type FromServer,
  type TrialSpecification,
} from '../bench/contract/messages.ts';
import { populationOf } from '../bench/contract/population.ts';
import { DEFAULT_RESUME_LIMITS } from '../bench/contract/recovery.ts';
import { receive, type Receipt } from './receive-fixture.ts';
import { fastWorkload } from './twin-fixture.ts';

const program = fileURLToPath(new URL('main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'streamduel-server-'));
const stampsFile = join(folder, 'server.stamps');

afterAll(() => rmSync(folder, { recursive: true }));
const MS = 1e6;
const ANSWER_TIMEOUT_MS = 15_000;

const specificationOf = (transport: TransportId): TrialSpecification => ({
  transport,
  client: 'probe',
  connections: 3,
  workload: { ...fastWorkload, tokensPerSecond: 50, firstTokenMedianMs: 0 },
  payload: 'lean',
  workloadSeed: 5,
  rehearsalTokens: 0,
  rampNs: 0,
  warmupNs: 200 * MS,
  windowNs: 1800 * MS,
  tailNs: 100 * MS,
  drainNs: 1000 * MS,
  backpressureBytes: 1024 * 1024,
  recovery: {
    fault: 'kill',
    policy: 'identical',
    faultNs: 600 * MS,
    outageNs: 0,
    isResumable: true,
    limits: DEFAULT_RESUME_LIMITS,
    retryMs: 1000,
  },
  host: '127.0.0.1',
  port: 0,
});

/** A child process, with the messages that its orchestrator would exchange with it. */
class TestProcess {
  readonly child: ChildProcess = fork(program, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  readonly #said: FromServer[] = [];
  readonly exited = once(this.child, 'exit') as Promise<[number | null, string | null]>;

  constructor() {
    this.child.on('message', (raw) => this.#said.push(fromServerSchema.parse(raw)));
  }

  tell(message: object): void {
    this.child.send(message);
  }

  async hear<K extends FromServer['kind']>(kind: K): Promise<Extract<FromServer, { kind: K }>> {
    for (;;) {
      const index = this.#said.findIndex((message) => message.kind === kind);
      if (index !== -1) return this.#said.splice(index, 1)[0] as Extract<FromServer, { kind: K }>;
      await once(this.child, 'message', { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    }
  }
}

const processes: TestProcess[] = [];
afterEach(() => {
  for (const { child } of processes.splice(0)) child.kill('SIGKILL');
  rmSync(stampsFile, { force: true });
});

async function startServer(
  specification: TrialSpecification,
  standby?: { keepsState: boolean },
): Promise<TestProcess> {
  const server = new TestProcess();
  processes.push(server);
  server.tell({
    kind: 'serve',
    specification,
    stampsFile,
    ...(standby !== undefined && { standby }),
  });
  return server;
}

const sequences = ({ tokens }: Receipt): number[] =>
  tokens.map((token) => (JSON.parse(token) as { s: number }).s);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

it.each(['sse', 'ws', 'tcp'] as const)(
  '%s: a drained server says goodbye, tallies and exits, and a standby on its port goes on',
  async (transport) => {
    const specification = specificationOf(transport);
    const population = populationOf(specification);
    const server = await startServer(specification);
    const standby = await startServer(specification, { keepsState: true });
    const { port } = await server.hear('listening');
    await standby.hear('prepared');
    const epochNs = String(process.hrtime.bigint());
    server.tell({ kind: 'start', epochNs });

    const receivers = ['0', '1'].map((id) => receive(transport, port, { id }));
    for (const receiver of receivers) await receiver.until(({ tokens }) => tokens.length >= 15);
    server.tell({ kind: 'count-peers' });
    const { peers } = await server.hear('peer-count');
    expect(peers).toMatchObject({ connections: 2, heard: 2, streams: 2 });
    expect(peers.bufferedBytes).toBeGreaterThan(0);

    server.child.kill('SIGTERM');
    const [first] = await Promise.all(receivers.map(async (receiver) => await receiver.closed()));
    expect(first?.events.at(-1)).toBe('bye');
    const { tally } = await server.hear('tally');
    expect(await server.exited).toEqual([0, null]);
    expect(tally.streamsCut).toEqual({ shutdown: 2 });
    expect(tally.recovery).toMatchObject({ started: 2, resumed: 0 });
    // The server ran for a part of the window only.
    expect(tally.use.wallNs).toBeLessThan(specification.windowNs);
    expect(tally.windowTokens).toBeGreaterThan(0);

    standby.tell({ kind: 'start', epochNs });
    standby.tell({ kind: 'listen', port });
    expect((await standby.hear('listening')).port).toBe(port);
    const received = sequences(first!).at(-1)!;
    const after = renderCursor({ epoch: streamEpoch(population.seeds[0]!), sequence: received });
    const rest = await receive(transport, port, { id: '0', after }).closed();
    expect(sequences(rest)).toEqual(range(received + 1, population.tokens[0]!));
    expect(rest.events.at(-1)).toContain('done {');
    standby.tell({ kind: 'stop' });
    const { tally: second } = await standby.hear('tally');
    expect(second.planSha256).toBe(tally.planSha256);
    expect(second.recovery).toMatchObject({ started: 0, resumed: 1, gaps: 0, unknown: 0 });
    expect(second.use.wallNs).toBeLessThan(specification.windowNs);
    expect(existsSync(stampsFile)).toBe(true);
  },
);

it('connections are closed when it is told to, and their number is said', async () => {
  const server = await startServer(specificationOf('sse'));
  const { port } = await server.hear('listening');
  server.tell({ kind: 'start', epochNs: String(process.hrtime.bigint()) });
  const receivers = ['0', '1', '2'].map((id) => receive('sse', port, { id }));
  for (const receiver of receivers) await receiver.until(({ tokens }) => tokens.length >= 1);
  server.tell({ kind: 'close-connections' });
  expect((await server.hear('connections-closed')).connections).toBe(3);
  for (const receiver of receivers) expect((await receiver.closed()).events.at(-1)).toBe('bye');
});

it('a draining server accepts nobody from the first moment on', async () => {
  const server = await startServer(specificationOf('ws'));
  const { port } = await server.hear('listening');
  server.tell({ kind: 'start', epochNs: String(process.hrtime.bigint()) });
  const receiver = receive('ws', port, { id: '0' });
  await receiver.until(({ tokens }) => tokens.length >= 11);
  // The receiver does not answer the close, so the server waits for it for its whole grace period.
  receiver.pause();
  server.child.kill('SIGTERM');
  const refusesAnother = async (): Promise<boolean> => {
    const socket = connect(port, '127.0.0.1');
    const isRefused = await once(socket, 'connect').then(
      () => false,
      () => true,
    );
    socket.destroy();
    return isRefused;
  };
  await expect.poll(refusesAnother, { interval: 10 }).toBe(true);
  expect(server.child.exitCode).toBeNull();
  await server.hear('tally');
});
