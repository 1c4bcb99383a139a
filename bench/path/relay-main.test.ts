import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { fromRelaySchema, type FromRelay, type ToRelay } from '../contract/messages.ts';
import { closeAll, connectPeer, HOST, startServer } from './relay-fixture.ts';

afterEach(closeAll);

const program = fileURLToPath(new URL('relay-main.ts', import.meta.url));

it('the process brings its fault at the moment that it was told, on the clock of the trial, and says when it was', async () => {
  const { port: serverPort, peers } = await startServer();
  const child = fork(program, { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const say = (message: ToRelay): void => void child.send(message);
  const hear = async (): Promise<FromRelay> =>
    fromRelaySchema.parse((await once(child, 'message'))[0]);
  const faultNs = 50e6;
  say({ kind: 'relay', host: HOST, serverPort, delayNs: 0, fault: { kind: 'reset' }, faultNs });
  const relaying = await hear();
  const client = await connectPeer(relaying.kind === 'relaying' ? relaying.port : 0);
  client.socket.write('?');
  // T0 lies ahead, as in a trial.
  const epochNs = process.hrtime.bigint() + 100_000_000n;
  say({ kind: 'start', epochNs: String(epochNs) });
  expect(await client.untilEnded()).toBe('ECONNRESET');
  expect(await peers[0]?.untilEnded()).toBe('ECONNRESET');
  const seenNs = Number(process.hrtime.bigint() - epochNs);
  say({ kind: 'stop' });
  const last = await hear();
  expect(last).toMatchObject({ kind: 'tally', tally: { connections: 1, fault: { hit: 1 } } });
  const struckNs = last.kind === 'tally' ? last.tally.fault?.faultNs : undefined;
  expect(struckNs).toBeGreaterThanOrEqual(faultNs);
  expect(struckNs).toBeLessThan(seenNs);
  await once(child, 'exit');
});
