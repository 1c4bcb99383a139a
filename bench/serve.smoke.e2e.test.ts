// `streamduel serve` as a user runs it: two processes, their addresses, and their end.

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { CliFolder, type Program } from './cli-fixture.ts';
import { childrenOf, isAlive } from './processes-fixture.ts';

const place = new CliFolder();
const programs: Program[] = [];

afterEach(() => {
  // The children of these programs end with them.
  for (const { child } of programs.splice(0)) child.kill('SIGKILL');
});

afterAll(() => place[Symbol.dispose]());

const patience = { timeout: 30_000, interval: 20 };

interface Served {
  readonly program: Program;
  readonly page: string;
  /** Origin of the WebSocket twin. */
  readonly webSocket: string;
  readonly twins: { readonly sse: number; readonly ws: number };
}

async function serve(): Promise<Served> {
  const program = place.start('serve', '--port', '0', '--ws-port', '0');
  programs.push(program);
  await expect.poll(() => program.answered().split('\n').length, patience).toBe(4);
  const [page, sse, ws] = program.answered().split('\n');
  expect(page).toMatch(/^page {7}http:\/\/127\.0\.0\.1:\d+\/demo$/);
  const pageUrl = page!.split(/\s+/)[1]!;
  expect(sse).toBe(`SSE        curl -N '${pageUrl}/stream'`);
  const webSocket = /'http:(\/\/127\.0\.0\.1:\d+)\/demo\/stream'$/.exec(ws!)![1]!;
  const [first, second] = twinsOf(program);
  return {
    program,
    page: pageUrl,
    webSocket: `ws:${webSocket}`,
    twins: { sse: first!, ws: second! },
  };
}

/** Process ids of the twins, in the order in which they were started: SSE, WebSocket. */
function twinsOf({ child }: Program): number[] {
  return childrenOf(child.pid!)
    .filter(({ command }) => command.includes('servers/serve-main.ts'))
    .map(({ pid }) => pid)
    .sort((one, other) => one - other);
}

async function openBoth({
  page,
  webSocket,
}: Served): Promise<{ text: Promise<string>; closed: Promise<unknown[]> }> {
  const response = await fetch(`${page}/stream?interval=5000`);
  const socket = new WebSocket(`${webSocket}/demo/stream?interval=5000`);
  await once(socket, 'message');
  return { text: response.text(), closed: once(socket, 'close') };
}

it('prints where the twins are, and each knows both', async () => {
  const { page, webSocket } = await serve();
  const config: unknown = await (await fetch(`${page}/config.json`)).json();
  expect(config).toEqual({
    sse: new URL(page).origin,
    ws: webSocket,
    workloads: ['steady', 'fixed', 'chat', 'fast', 'turbo', 'seed', 'azure-chat', 'azure-code'],
    payload: 'lean',
    limits: { n: 100_000, rate: 10_000 },
  });
  const other = await fetch(`${webSocket.replace('ws:', 'http:')}/demo/config.json`);
  expect(await other.json()).toEqual(config);
});

it.each(['SIGINT', 'SIGTERM'] as const)(
  'ends on %s with exit code 0: open streams hear goodbye, and no process is left',
  async (signal) => {
    const served = await serve();
    const { twins, program } = served;
    const { text, closed } = await openBoth(served);
    program.child.kill(signal);
    expect(await program.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await text).toContain('event: bye');
    expect((await closed)[0]).toBe(1012);
    expect([isAlive(twins.sse), isAlive(twins.ws)]).toEqual([false, false]);
  },
);

it('ends at once on a second Ctrl-C, when a twin does not stop', async () => {
  const { program, twins } = await serve();
  process.kill(twins.ws, 'SIGSTOP');
  program.child.kill('SIGINT');
  await expect.poll(() => isAlive(twins.sse), patience).toBe(false);
  expect(program.child.exitCode).toBeNull();
  program.child.kill('SIGINT');
  expect((await program.ended).code).toBe(130);
  process.kill(twins.ws, 'SIGCONT');
  await expect.poll(() => isAlive(twins.ws), patience).toBe(false);
});

it.each([
  ['sse', 'SSE'],
  ['ws', 'WebSocket'],
] as const)('says when the %s twin dies, and ends the other', async (transport, title) => {
  const { program, twins } = await serve();
  process.kill(twins[transport], 'SIGKILL');
  const { code, stderr } = await program.ended;
  expect([code, stderr]).toEqual([
    1,
    `error: the ${title} twin process ended by SIGKILL before its time\n`,
  ]);
  expect([isAlive(twins.sse), isAlive(twins.ws)]).toEqual([false, false]);
});

it.each([
  ['--port', '--ws-port', 'SSE'],
  ['--ws-port', '--port', 'WebSocket'],
])('a taken %s is named, and no process is left', async (flag, otherFlag, title) => {
  const blocker = createServer().listen(0, '127.0.0.1');
  await once(blocker, 'listening');
  const { port } = blocker.address() as AddressInfo;
  const program = place.start('serve', flag, String(port), otherFlag, '0');
  programs.push(program);
  await expect.poll(() => twinsOf(program).length, patience).toBe(2);
  const twins = twinsOf(program);
  const { code, stdout, stderr } = await program.ended;
  blocker.close();
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe(
    `error: ${flag} ${port}: ${title} twin: 127.0.0.1:${port} is taken\nend what listens there, or choose another port; 0 takes any free one\n`,
  );
  expect(twins.map(isAlive)).toEqual([false, false]);
});

it('refuses a port that is none with exit code 2', async () => {
  const { code, stderr } = await place.run('serve', '--port', '70000');
  expect([code, stderr]).toEqual([
    2,
    'error: --port 70000: expected a whole number from 0 to 65535\n',
  ]);
});
