// Recorded streams, replayed by the twins over several transports and received by a client that knows
// nothing of the recording: what it records must be what was recorded. And a run that replays.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { observeStream } from '../clients/endpoint/observe-stream.ts';
import { startTestServer } from '../servers/twin-fixture.ts';
import { CliFolder, type Ended } from './cli-fixture.ts';
import { transports, type TransportId } from './contract/arms/transports.ts';
import { WEBSOCKET_PROTOCOL } from './contract/arms/websocket.ts';
import type { CompletedTrial } from './contract/run-file.ts';
import { quantileOf } from './contract/distribution.ts';
import type { EndpointRequest } from './contract/endpoint.ts';
import { recordOf } from './contract/recording/record-stream.ts';
import type { StreamRecord } from './contract/recording/stream-record.ts';
import { rememberRecorded } from './contract/recorded-streams.ts';
import { Secrets } from './contract/secrets.ts';
import type { Workload } from './contract/workload.ts';
import { coalescingOf, deltasOf } from './recording/recorded-deltas.ts';
import { variedChats, writeRecording } from './recording/recording-fixture.ts';
import { readReplay } from './recording/replay-tokens.ts';

const STREAMS = 50;
const TOKENS = 12;
const place = new CliFolder();
const recorded = variedChats(STREAMS, TOKENS);
let workload: Workload;

beforeAll(async () => {
  const { tokens, timing } = await readReplay(
    writeRecording(join(place.path, 'mine.ndjson'), recorded),
  );
  const tokenFile = join(place.path, 'tokens.json');
  writeFileSync(tokenFile, JSON.stringify(tokens));
  rememberRecorded(tokens);
  const { tokensSha256 } = tokens;
  workload = { ...timing, name: 'mine', segments: [], tokenFile, tokensSha256 };
});
afterAll(() => place[Symbol.dispose]());

const textsOf = (record: StreamRecord): readonly string[] => {
  const deltas = deltasOf(record, 'here');
  if ('why' in deltas) throw new Error(`a stream ${deltas.why}`);
  return deltas.tokens;
};

const asked = [
  { transport: 'sse', scheme: 'http', method: 'GET' },
  { transport: 'sse-post', scheme: 'http', method: 'POST' },
  { transport: 'ws', scheme: 'ws', method: 'GET' },
] as const satisfies readonly {
  readonly transport: TransportId;
  readonly [more: string]: string;
}[];

/** One stream of the twin, as any client of a foreign server records it. */
async function recordAgain(
  { transport, scheme, method }: (typeof asked)[number],
  { port, seed }: { readonly port: number; readonly seed: number },
): Promise<StreamRecord> {
  const request: EndpointRequest = {
    url: `${scheme}://127.0.0.1:${port}${transports[transport].route(`x${seed}`)}?seed=${seed}`,
    method,
    headers: method === 'POST' ? [['content-type', 'application/json']] : [],
    ...(method === 'POST' && { body: '{"stream":true}' }),
    ...(scheme === 'ws' && { subprotocols: [WEBSOCKET_PROTOCOL] }),
    timeoutMs: 30_000,
    totalTimeoutMs: 60_000,
    maxBytes: 1_000_000,
  };
  const observed = await observeStream(request, { signal: new AbortController().signal });
  return recordOf(observed, {
    request,
    dialect: 'streamduel',
    secrets: new Secrets(),
    startedAt: new Date(),
  });
}

describe.each(asked)('over $transport', (how) => {
  it(`${STREAMS} recorded streams arrive with the texts that were recorded, token by token`, async () => {
    await using server = await startTestServer(how.transport, { workload });
    const again = await Promise.all(
      recorded.map(async (_, seed) => await recordAgain(how, { port: server.port, seed })),
    );
    expect(again.map(textsOf)).toEqual(recorded.map(textsOf));
    expect(again.map(({ end }) => end.kind)).toEqual(again.map(() => again[0]?.end.kind));
  });
});

describe('a run that replays', () => {
  let ended: Ended;
  let trials: readonly CompletedTrial[];

  beforeAll(async () => {
    ended = await place.run(
      'run',
      'stream',
      '--workload',
      'mine.ndjson',
      '--transports',
      'sse,sse-post,ws',
      '--preset',
      'smoke',
      '--connections',
      `${STREAMS}`,
      '--blocks',
      '1',
      '--duration',
      '2s',
      '--seed',
      '7',
      '--name',
      'replay',
      '--quiet',
    );
    trials = place.readTrials('replay') as CompletedTrial[];
  });

  it('completes its trials', () => {
    expect(trials.map(({ outcome }) => outcome)).toEqual(['completed', 'completed', 'completed']);
    expect(ended.stderr).not.toContain('error:');
  });

  it('verifies every token, and replays each recorded stream to its end', () => {
    for (const { client, replay, gates } of trials) {
      expect(client.streamsVerified).toBe(client.streamsPlanned);
      expect(replay?.covered).toBe(STREAMS);
      const correct = gates.filter(({ id }) => ['C1', 'C2', 'C8'].includes(id));
      expect(correct.map(({ ok, value }) => [ok, value])).toEqual(correct.map(() => [true, 0]));
    }
  });

  it('plans the coalescing of the recording, and never parts what came together', () => {
    const indices = recorded.map((record) => {
      const deltas = deltasOf(record, 'here');
      return 'why' in deltas ? Number.NaN : coalescingOf(deltas.offsetsNs);
    });
    const mean = indices.reduce((sum, one) => sum + one, 0) / indices.length;
    for (const { replay } of trials) {
      const { followers = 0, together = 0, split } = replay ?? {};
      expect(split).toBe(0);
      // A window cuts streams: the share of followers that came together is near that of the whole.
      expect(together / followers).toBeCloseTo(1 - (TOKENS / mean - 1) / (TOKENS - 1), 1);
    }
  });

  it('says whether any token left with another that came apart from it', () => {
    for (const { gates, replay } of trials) {
      const { followers = 0, split = 0, joined = 0 } = replay ?? {};
      const other = (split + joined) / followers;
      const gate = gates.find(({ id }) => id === 'H17coalescing');
      expect(gate).toMatchObject({ kind: 'harness', value: other, ok: other <= 0.01 });
    }
  });

  it('judges its gaps by the stamps: what the gate says is the quantile that was measured', () => {
    for (const { gates, distributions } of trials) {
      const p99 = quantileOf(distributions.replayGapErrorNs, 0.99);
      const gate = gates.find(({ id }) => id === 'H17gap');
      expect(gate).toMatchObject({ kind: 'harness', value: p99, ok: (p99 ?? 0) <= 1e6 });
    }
    const report = place.readReport('replay');
    expect(report).toContain('## The replay');
    expect(report).toMatch(/\| Gap error of the replay p99 +\| /);
    expect(report.includes('HARNESS-LIMITED')).toBe(
      trials.some(({ gates }) => gates.some(({ kind, ok }) => kind === 'harness' && !ok)),
    );
  });

  it('goes on only with the tokens and times of its plan', async () => {
    const tokens = join(place.runFolder('replay'), 'tokens.json');
    const text = readFileSync(tokens, 'utf8');
    writeFileSync(tokens, text.replace(/"offsetsNs":\[(\d+)/, '"offsetsNs":[0'));
    const { code, stderr } = await place.run('run', '--continue', place.runFolder('replay'));
    expect([code, stderr]).toEqual([2, expect.stringContaining('do not match tokensSha256')]);
  });
});
