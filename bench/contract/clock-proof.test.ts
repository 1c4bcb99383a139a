import { createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { proveClock, startClockEcho } from './clock-proof.ts';

it('one process agrees with itself', async () => {
  const { port, server } = await startClockEcho('127.0.0.1');
  const bound = await proveClock({ host: '127.0.0.1', port, exchanges: 200 });
  server.close();
  expect(bound).toMatchObject({ exchanges: 200, violations: 0 });
  expect(bound.lowNs).toBeLessThanOrEqual(0);
  expect(bound.highNs).toBeGreaterThanOrEqual(0);
});

it('answers that arrive in pieces are put together again', async () => {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', ({ length }) => {
      const answers = Buffer.alloc(8 * length);
      for (let question = 0; question < length; question++)
        answers.writeBigUInt64LE(process.hrtime.bigint(), 8 * question);
      socket.write(answers.subarray(0, 3));
      setImmediate(() => socket.write(answers.subarray(3)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = await proveClock({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    exchanges: 50,
  });
  server.close();
  expect(bound).toMatchObject({ exchanges: 50, violations: 0 });
});

it('a clock that is an hour ahead is found, and by how much', async () => {
  const HOUR_NS = 3_600_000_000_000n;
  const server = createServer((socket) => {
    socket.on('data', ({ length }) => {
      for (let question = 0; question < length; question++) {
        const answer = Buffer.alloc(8);
        answer.writeBigUInt64LE(process.hrtime.bigint() + HOUR_NS);
        socket.write(answer);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = await proveClock({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    exchanges: 50,
  });
  server.close();
  expect(bound.violations).toBe(50);
  expect(bound.lowNs).toBeLessThanOrEqual(3.6e12);
  expect(bound.highNs).toBeGreaterThanOrEqual(3.6e12);
});
