import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort } from './local-port.ts';
import { groupMembers } from './group-members.ts';
import { OwnedProxy } from './owned-proxy.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'owned-proxy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A proxy that is a program of Node. */
function proxyOf(
  source: string,
  port: number,
  readyPath?: string,
  leftovers: readonly string[] = [],
): OwnedProxy {
  const file = join(folder, 'proxy.mjs');
  writeFileSync(file, source);
  return new OwnedProxy({
    title: 'A proxy',
    program: process.execPath,
    arguments: [file],
    folder,
    port,
    readyPath,
    leftovers,
  });
}

async function statusOf(port: number): Promise<number> {
  return (await fetch(`http://127.0.0.1:${port}/`)).status;
}

const listening = (port: number): string =>
  `import { createServer } from 'node:net';
   const server = createServer((socket) => socket.on('data', (text) => { console.error('asked to', String(text)); process.exit(7); }));
   server.listen(${port}, '127.0.0.1');`;

it('one that refuses its configuration fails with its own last words', async () => {
  const proxy = proxyOf('console.error(\'unknown directive "x"\'); process.exit(3);', 1);
  await expect(proxy.listen()).rejects.toMatchObject({
    code: 'CHILD_START',
    message: 'A proxy did not start: unknown directive "x"',
  });
});

it('one that cannot be executed fails with the reason of the system', async () => {
  const proxy = new OwnedProxy({
    title: 'A proxy',
    program: join(folder, 'nothing'),
    arguments: [],
    folder,
    port: 1,
  });
  await expect(proxy.listen()).rejects.toThrow(/^A proxy did not start: spawn .* ENOENT$/);
});

it('one that takes another port fails in time, and is ended', async () => {
  const [asked, other] = [await freePort(), await freePort()];
  const proxy = proxyOf(listening(other), asked);
  await expect(proxy.listen(1500)).rejects.toThrow(
    `A proxy did not listen on port ${asked} within 1.5 s, and said nothing`,
  );
  await expect(proxy.diesAlone()).rejects.toThrow('by SIGKILL');
});

const answering = (port: number, status: string): string =>
  `import { createServer } from 'node:http';
   let asked = 0;
   createServer((request, response) => response.writeHead(${status}).end()).listen(${port}, '127.0.0.1');`;

it('one that listens before it leads to the server is waited for', async () => {
  const port = await freePort();
  const proxy = proxyOf(answering(port, '++asked < 4 ? 404 : 200'), port, '/healthz');
  await proxy.listen();
  expect(await statusOf(port)).toBe(200);
  await proxy.stop();
});

it('one that never leads to the server fails in time, and says what it answered', async () => {
  const port = await freePort();
  const proxy = proxyOf(answering(port, '404'), port, '/healthz');
  await expect(proxy.listen(1500)).rejects.toThrow(
    'A proxy did not lead to the server: a request was answered 404 within 1.5 s, and said nothing',
  );
});

it('files that it leaves elsewhere go with it', async () => {
  const port = await freePort();
  const file = join(folder, 'elsewhere');
  const proxy = proxyOf(
    `import { writeFileSync } from 'node:fs'; writeFileSync('${file}', ''); ${listening(port)}`,
    port,
    undefined,
    [file],
  );
  await proxy.listen();
  expect(existsSync(file)).toBe(true);
  await proxy.stop();
  expect(existsSync(file)).toBe(false);
});

it('one that dies in a trial fails with its last words', async () => {
  const port = await freePort();
  const proxy = proxyOf(listening(port), port);
  await proxy.listen();
  const socket = connect(port, '127.0.0.1', () => socket.write('die'));
  socket.on('error', () => {});
  await expect(proxy.diesAlone()).rejects.toMatchObject({
    code: 'CHILD_DIED',
    message: 'A proxy ended with exit code 7 before the trial was over: asked to die',
  });
});

it('what it has started is known as its own, and ends with it', async () => {
  const port = await freePort();
  const proxy = proxyOf(
    `import { spawn } from 'node:child_process';
     spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
     ${listening(port)}`,
    port,
  );
  await proxy.listen();
  const members = groupMembers(proxy.pid);
  expect(members).toContain(proxy.pid);
  expect(members).toHaveLength(2);
  await proxy.stop();
  await expect.poll(() => groupMembers(proxy.pid)).toEqual([]);
});
