import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { repeatCommand } from '../flags/repeat.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { variedChats, writeRecording } from '../recording/recording-fixture.ts';
import { scenarioNames } from '../scenarios/registry.ts';
import { buildPlan } from './build-plan.ts';

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'replay-plan-'));
  path = writeRecording(join(folder, 'mine.ndjson'), variedChats(3, 5));
});
afterAll(() => rmSync(folder, { recursive: true }));

const build = async (flags: RunFlags, scenario = 'stream') =>
  await buildPlan([scenario], { seed: '7', ...flags }, { randomSeed: () => 1, canPin: false });

it('a recording is planned with its streams, and the printed command plans the same', async () => {
  const { plan, ownTokens } = await build({ workload: path, transports: 'sse,ws' });
  expect(plan.workload).toMatchObject({
    name: 'mine.ndjson',
    gaps: { kind: 'recorded', streams: 3, texts: 'recorded' },
    tokensPerStream: 5,
  });
  expect(ownTokens?.segments).toHaveLength(3);
  const command = repeatCommand(plan, { workload: path });
  expect(command).toContain(`--workload ${path} `);
  expect(command).not.toMatch(/--rate|--tokens/);
});

it('the recording of this project has its name, and gaps that differ', async () => {
  const { plan, ownTokens } = await build({ workload: 'recorded' });
  expect(plan.workload).toMatchObject({ name: 'recorded', gaps: { streams: 8 } });
  const gaps = ownTokens?.segments.flatMap(({ offsetsNs = [] }) =>
    offsetsNs.slice(1).map((ns, index) => ns - (offsetsNs[index] ?? 0)),
  );
  expect(new Set(gaps).size).toBeGreaterThan(100);
  expect(repeatCommand(plan, {})).toContain('--workload recorded ');
});

it.each([
  [{ rate: '50' }, /--rate 50 would change what was recorded/],
  [{ tokens: '50' }, /--tokens 50 would change what was recorded/],
  [{ arrivals: 'poisson:5' }, /--arrivals poisson:5 would give its streams other lengths/],
  [{ payload: 'audio' }, /payload audio is bytes, and a recording is text/],
])('%j is refused beside a recording', async (flags, message) => {
  await expect(build({ workload: path, ...flags })).rejects.toThrow(message);
});

it('scenarios with a pace of their own refuse a recording, and name those that replay', async () => {
  for (const scenario of scenarioNames.filter((name) => name !== 'stream'))
    await expect(build({ workload: path }, scenario)).rejects.toThrow(
      expect.objectContaining({ code: 'USAGE' }) as Error,
    );
  await expect(build({ workload: path }, 'burst')).rejects.toThrow(
    expect.objectContaining({ hint: 'scenarios that replay: stream' }) as Error,
  );
});
