// A known effect on a target: a relay holds what one of two equal servers sends for 5 ms, and a run
// must find that, with the right sign, and nothing else.

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { NS_PER_MS } from './contract/units.ts';
import { Relay } from './path/relay.ts';
import { startServerFixture } from './scenarios/own-servers/server-fixture.ts';

const cli = fileURLToPath(new URL('cli.ts', import.meta.url));

it('5 ms put into one of two equal servers are found, in the first token and not in the gaps', async () => {
  await using server = await startServerFixture();
  const startedNs = process.hrtime.bigint();
  const relay = new Relay({
    host: '127.0.0.1',
    serverPort: server.port,
    delayNs: 5 * NS_PER_MS,
    now: () => Number(process.hrtime.bigint() - startedNs),
  });
  const relayed = await relay.listen();
  relay.start();
  const out = mkdtempSync(join(tmpdir(), 'effect-'));
  try {
    const path = '/v1/chat/completions?n=20&gapMs=5';
    const direct = ['--target', `direct=http://127.0.0.1:${server.port}${path}`];
    const late = ['--target', `relayed=http://127.0.0.1:${relayed}${path}`];
    const size = ['--blocks', '10', '--duration', '2s', '--rate', '30'];
    const words = ['run', ...direct, ...late, ...size, '--out', out, '--quiet'];
    await new Promise((resolve) => execFile(process.execPath, [cli, ...words], resolve));
    const [folder = ''] = readdirSync(out);
    const { loadPoints } = JSON.parse(readFileSync(join(out, folder, 'analysis.json'), 'utf8'));
    const found = (metric: string) =>
      loadPoints[0].comparisons.find((one: { metric: string }) => one.metric === metric);
    // Server and relay share this process: its gates may be missed, which voids verdicts alone.
    const { difference } = found('target.ttft.p50');
    expect(difference.low).toBeGreaterThan(0);
    // The timer of the relay may be late by a part of a millisecond, never early. One interval of
    // 95 % in twenty misses the truth, by little.
    expect(difference.low).toBeLessThan(5.5 * NS_PER_MS);
    expect(difference.high).toBeGreaterThan(4.8 * NS_PER_MS);
    // The relay lets go of what it holds in turns of its timer, which shifts a gap by some of it.
    expect(found('target.gap.p50').ratio.low).toBeLessThan(1.2);
    expect(found('target.gap.p50').ratio.high).toBeGreaterThan(0.8);
  } finally {
    relay.close();
    rmSync(out, { recursive: true });
  }
});
