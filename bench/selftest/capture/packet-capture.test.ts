import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isUntested, whyNoProc } from '../../missing-fixture.ts';
import { explainRefusal, type CaptureRefusal } from './capture-refusal.ts';
import { startCapture, type PacketCapture } from './packet-capture.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamduel-test-'));
  vi.stubEnv('PATH', folder);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Installs a fake program under that name; besides coreutils, PATH has no other. */
function install({ tcpdump }: { readonly tcpdump?: string }): void {
  for (const program of ['timeout', 'nice'])
    symlinkSync(`/usr/bin/${program}`, join(folder, program));
  if (tcpdump === undefined) return;
  writeFileSync(join(folder, 'tcpdump'), `#!/bin/sh\n${tcpdump}\n`);
  chmodSync(join(folder, 'tcpdump'), 0o755);
}

async function start(): Promise<PacketCapture | CaptureRefusal> {
  return await startCapture({
    port: 9,
    file: join(folder, 'x.pcap'),
    limitNs: 60e9,
    signal: new AbortController().signal,
    cpu: undefined,
  });
}

describe.skipIf(isUntested('captures of packets', whyNoProc()))('startCapture', () => {
  it('says how to install tcpdump where there is none', async () => {
    install({});
    expect(await start()).toEqual({
      reason: 'not-installed',
      message: 'tcpdump is not installed',
      remedy: 'apt-get install tcpdump',
    });
  });

  it('names timeout where that is what is missing', async () => {
    expect(await start()).toMatchObject({
      reason: 'not-installed',
      message: 'the program timeout is not installed',
    });
  });

  it('says how to permit tcpdump where it may not capture', async () => {
    const said =
      'echo "tcpdump: lo: You don\'t have permission to perform this capture on that device\n(socket: Operation not permitted)" >&2';
    install({ tcpdump: `${said}; exit 1` });
    expect(await start()).toEqual({
      reason: 'not-permitted',
      message:
        "tcpdump may not capture: tcpdump: lo: You don't have permission to perform this capture on that device (socket: Operation not permitted)",
      remedy: expect.stringContaining('setcap cap_net_raw+ep') as string,
    });
  });

  it('passes on what else tcpdump says when it ends', async () => {
    install({ tcpdump: 'echo "tcpdump: lo: No such device exists" >&2; exit 1' });
    expect(await start()).toMatchObject({
      reason: 'failed',
      message: 'tcpdump did not start: tcpdump: lo: No such device exists',
    });
  });

  it('leaves no tcpdump behind when the trial is given up', async () => {
    // Its stdout is the capture file, so it can leave its pid there.
    install({ tcpdump: 'echo $$; echo "listening on lo" >&2; exec /bin/sleep 60' });
    const capture = await start();
    if ('reason' in capture) throw new Error(capture.message);
    const pid = Number(readFileSync(join(folder, 'x.pcap'), 'utf8'));
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    await capture[Symbol.asyncDispose]();
    await expect.poll(() => existsSync(`/proc/${pid}`)).toBe(false);
  });
});

it('a tcpdump that ends without a word is a refusal, too', () => {
  expect(explainRefusal('', 1)).toMatchObject({
    reason: 'failed',
    message: 'tcpdump did not start: it said nothing',
  });
});
