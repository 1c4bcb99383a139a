import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { connectToBroker } from './broker.ts';

const folder = mkdtempSync(join(tmpdir(), 'broker-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const connect = async (url: string, credentials?: string) =>
  await connectToBroker({ url, credentials, name: 'a test' });

it.each(['nats://10.9.9.9:4222', 'tls://broker.example.org:4222', 'broker.example.org'])(
  'without credentials no broker on another machine is spoken to: %s',
  async (url) => {
    await expect(connect(url)).rejects.toMatchObject({
      code: 'USAGE',
      message: `--nats ${url}: a broker on another machine needs credentials, or anyone could use its agents`,
      hint: 'give --creds FILE, of a user at the broker',
    });
  },
);

it.each(['http://127.0.0.1:4222', 'nats://', 'nats:// '])('%j is no broker', async (url) => {
  await expect(connect(url)).rejects.toMatchObject({
    code: 'USAGE',
    message: '--nats: not the address of a broker',
  });
});

it('a password in the address is refused, and not repeated', async () => {
  const error = await connect('nats://me:hunter2@127.0.0.1:4222').catch((one: unknown) => one);
  expect(error).toMatchObject({
    message: '--nats: the address must not hold a user or a password',
  });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
});

it('what is no credentials file is refused, and its contents not repeated', async () => {
  const path = fileOf('bad.yaml', 'user: me\npassword: hunter2\nelse: 1\n');
  const error = await connect('nats://127.0.0.1:4222', path).catch((one: unknown) => one);
  expect(error).toMatchObject({
    code: 'USAGE',
    message: `--creds ${path}: no credentials of NATS`,
  });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
});

it('a password does not travel to another machine in the clear', async () => {
  const path = fileOf('login.yaml', 'user: me\npassword: hunter2\n');
  await expect(connect('nats://10.9.9.9:4222', path)).rejects.toMatchObject({
    message: `--creds ${path}: a password to another machine must not travel without TLS`,
  });
});

it('a missing file is named', async () => {
  const path = join(folder, 'missing.creds');
  await expect(connect('nats://127.0.0.1:4222', path)).rejects.toThrow(`--creds ${path}: ENOENT`);
});

it('where no broker is, the command that starts one is named', async () => {
  await expect(connect('nats://127.0.0.1:9')).rejects.toMatchObject({
    code: 'BROKER',
    message: expect.stringContaining('no broker answers at nats://127.0.0.1:9'),
    hint: 'start one: nats-server --addr 127.0.0.1 (get it: streamduel lab install nats-server)',
  });
});
