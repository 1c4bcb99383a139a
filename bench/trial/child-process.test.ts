import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { BenchError } from '../contract/errors.ts';
import { isUntested, whyNoProc } from '../missing-fixture.ts';
import { Child } from './child-process.ts';

const schema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), n: z.int() }),
  z.object({ kind: z.literal('bye') }),
]);
const never = new AbortController().signal;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'child-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

let programs = 0;

function start(program: string): Child<z.infer<typeof schema>> {
  const path = join(folder, `${programs++}.mjs`);
  writeFileSync(path, `${program}\nprocess.on('disconnect', () => process.exit(0));`);
  return new Child({
    name: 'test',
    program: path,
    schema,
    environment: { MARK: 'seen' },
    nodeArguments: [],
    cpu: undefined,
    verbose: false,
  });
}

it('messages are parsed and waited for', async () => {
  await using child = start(`process.send({ kind: 'hello', n: 3 }); setInterval(() => {}, 1000);`);
  expect(await child.expect('hello', 10_000, never)).toEqual({ kind: 'hello', n: 3 });
});

it('a child that dies is named with its exit code and its last words', async () => {
  await using child = start(`console.error('cannot go on'); process.exit(7);`);
  await expect(child.expect('hello', 10_000, never)).rejects.toThrow(
    'the test process ended with exit code 7 before its time: cannot go on',
  );
});

/** Blocks this process, so that it does not see the exit yet. */
function awaitZombie(pid: number): void {
  const deadline = performance.now() + 10_000;
  while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '))
    if (performance.now() > deadline) throw new Error(`${pid} goes on`);
}

it.skipIf(isUntested('last words of children', whyNoProc()))(
  'what a child said last is heard, although its end is known first',
  async () => {
    const trigger = join(folder, 'trigger');
    await using late = start(
      `import { existsSync } from 'node:fs';
    process.send({ kind: 'hello', n: 1 });
    setInterval(() => existsSync(${JSON.stringify(trigger)}) && process.send({ kind: 'bye' }, undefined, {}, () => process.exit(0)), 5);`,
    );
    await using early = start(
      `process.send({ kind: 'hello', n: 1 });
    process.on('message', () => process.send({ kind: 'hello', n: 2 }, undefined, {}, () => process.exit(0)));`,
    );
    await Promise.all([late.expect('hello', 10_000, never), early.expect('hello', 10_000, never)]);
    const heard = late.expect('bye', 10_000, never);
    // The exits of all children are collected with the first one: that of the late child before its
    // channel is read.
    early.onMessage = () => {
      writeFileSync(trigger, '');
      awaitZombie(late.pid);
    };
    early.send({});
    awaitZombie(early.pid);
    expect(await heard).toEqual({ kind: 'bye' });
  },
);

it('a child that is killed is named with the signal', async () => {
  await using child = start(`process.kill(process.pid, 'SIGKILL');`);
  await expect(child.expect('hello', 10_000, never)).rejects.toThrow('ended by SIGKILL');
});

it('a child that stays silent is given up after the timeout', async () => {
  await using child = start('setInterval(() => {}, 1000);');
  await expect(child.expect('hello', 200, never)).rejects.toThrow(
    'did not say "hello" within 0.2 s',
  );
});

it('a child that says something unknown fails, as another version would', async () => {
  await using child = start(
    `process.send({ kind: 'hello', n: 'three' }); setInterval(() => {}, 1000);`,
  );
  await expect(child.expect('hello', 10_000, never)).rejects.toThrow(
    'the test process said something unknown',
  );
});

it('what a child reports of its own failure keeps its code and hint', async () => {
  await using child = start(
    `process.send({ kind: 'failed', code: 'PORT', message: 'taken', hint: 'use another' }); setInterval(() => {}, 1000);`,
  );
  await expect(child.expect('hello', 10_000, never)).rejects.toMatchObject({
    code: 'PORT',
    message: 'test: taken',
    hint: 'use another',
  });
});

it('an abort ends the wait with its reason', async () => {
  await using child = start('setInterval(() => {}, 1000);');
  const controller = new AbortController();
  const waiting = child.expect('hello', 10_000, controller.signal);
  controller.abort(new BenchError('INTERRUPTED', 'stopped'));
  await expect(waiting).rejects.toThrow('stopped');
});

it('a child that ignores the end of its channel is killed', async () => {
  const child = start(
    `process.send({ kind: 'hello', n: 1 }); process.exit = () => {}; setInterval(() => {}, 1000);`,
  );
  await child.expect('hello', 10_000, never);
  const { pid } = child;
  await child[Symbol.asyncDispose]();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

it('the parent’s NODE_OPTIONS do not reach a child, its own environment does', async () => {
  process.env['NODE_OPTIONS'] = '--no-warnings';
  await using child = start(
    `process.send({ kind: 'hello', n: process.env.NODE_OPTIONS === undefined && process.env.MARK === 'seen' ? 1 : 0 }); setInterval(() => {}, 1000);`,
  );
  delete process.env['NODE_OPTIONS'];
  expect(await child.expect('hello', 10_000, never)).toEqual({ kind: 'hello', n: 1 });
});
