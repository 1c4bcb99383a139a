import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { ToProxy } from '../contract/messages.ts';
import { programPath } from '../contract/program.ts';
import { groupMembers } from './group-members.ts';
import { freePort } from './local-port.ts';

const program = programPath(import.meta.url, './proxy-main');

it.each(['SIGTERM', 'SIGHUP', 'SIGKILL of the run'] as const)(
  'the proxy ends with its owner, which ends by %s',
  async (how) => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-main-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const port = await freePort();
    const file = join(folder, 'proxy.mjs');
    writeFileSync(
      file,
      `import { createServer } from 'node:net'; createServer().listen(${port}, '127.0.0.1');`,
    );
    const owner = fork(program, { stdio: 'ignore' });
    onTestFinished(() => void owner.kill('SIGKILL'));
    const order: ToProxy = {
      kind: 'run-proxy',
      title: 'A proxy',
      program: process.execPath,
      arguments: [file],
      folder,
      port,
      leftovers: [],
    };
    owner.send(order);
    const [{ pid }] = (await once(owner, 'message')) as [{ pid: number }];
    expect(groupMembers(pid)).toContain(pid);
    if (how === 'SIGKILL of the run') owner.disconnect();
    else owner.kill(how);
    await once(owner, 'exit');
    await expect.poll(() => groupMembers(pid)).toEqual([]);
  },
);
