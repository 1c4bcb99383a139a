// A run on a server that echoes its caller's key, recorded: the key must be in no file; and what was
// recorded is replayed by the twins.

import { createServer } from 'node:http';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CliFolder } from './cli-fixture.ts';
import type { CompletedTrial, TargetTrial } from './contract/run-file.ts';
import { streamRecordSchema, type StreamRecord } from './contract/recording/stream-record.ts';
import { deltasOf } from './recording/recorded-deltas.ts';
import { readReplay } from './recording/replay-tokens.ts';

const KEY = 'sk-very-secret-4711';
const words = ['You', ' said', ' (', 'KEY', ')', '. ', 'Fine', '.'];

const server = createServer((request, response) => {
  request.resume();
  const key = request.headers.authorization ?? '';
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-echo': key });
  void (async () => {
    for (const word of words) {
      const content = word === 'KEY' ? key : word;
      const choices = [{ index: 0, delta: { content }, finish_reason: null }];
      response.write(`data: ${JSON.stringify({ object: 'chat.completion.chunk', choices })}\n\n`);
      await setTimeout(10);
    }
    const choices = [{ index: 0, delta: {}, finish_reason: 'stop' }];
    response.write(`data: ${JSON.stringify({ object: 'chat.completion.chunk', choices })}\n\n`);
    response.end('data: [DONE]\n\n');
  })();
});

const place = new CliFolder();
let url: string;

beforeAll(async () => {
  process.env['RECORD_TEST_KEY'] = KEY;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
});

afterAll(() => {
  delete process.env['RECORD_TEST_KEY'];
  server.close();
  server.closeAllConnections();
  place[Symbol.dispose]();
});

const read = (file: string): StreamRecord[] =>
  readFileSync(join(place.path, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => streamRecordSchema.parse(JSON.parse(line)));

const decode = ({ events }: StreamRecord): string =>
  events.map(([, b64]) => Buffer.from(b64, 'base64').toString()).join('');

it('every stream is recorded, in a file for each target, without the key', async () => {
  mkdirSync(join(place.path, 'recorded'));
  const { code, stderr } = await place.run(
    'run',
    '--target',
    `one=${url}`,
    '--target',
    `two=${url}`,
    '--header',
    'authorization: Bearer ${RECORD_TEST_KEY}',
    '--preset',
    'smoke',
    '--blocks',
    '1',
    '--rate',
    '20',
    '--duration',
    '1s',
    '--seed',
    '3',
    '--record',
    'recorded',
    '--name',
    'target',
    '--quiet',
  );
  expect([code, stderr]).not.toContain(2);
  expect(readdirSync(join(place.path, 'recorded'))).toEqual(['one.ndjson', 'two.ndjson']);
  const trials = place.readTrials('target') as TargetTrial[];
  for (const { arm, target } of trials) {
    const records = read(`recorded/${arm.target}.ndjson`);
    expect(target.recorded).toEqual({ streams: records.length, leftOut: 0, withheld: 0 });
    expect(records).toHaveLength(target.startsIssued);
    for (const record of records) {
      expect(record).toMatchObject({ isWhole: true, dialect: 'openai-chat', target: arm.target });
      expect(JSON.stringify(record) + decode(record)).not.toContain(KEY);
      expect(decode(record)).toContain('${RECORD_TEST_KEY}');
      expect(record.reads.length).toBeGreaterThan(1);
    }
  }
});

it('a probe records the same stream, and both are replayed as they came', async () => {
  await place.run(
    'probe',
    url,
    '--method',
    'POST',
    '--data',
    '{}',
    '--record',
    'probe.ndjson',
    '--header',
    'authorization: Bearer ${RECORD_TEST_KEY}',
  );
  const [probed] = read('probe.ndjson');
  const [recorded] = read('recorded/one.ndjson');
  const texts = [probed, recorded].map((record) =>
    record === undefined ? [] : deltasOf(record, 'here'),
  );
  expect(texts[0]).toMatchObject({ tokens: (texts[1] as { tokens: readonly string[] }).tokens });
  expect(JSON.stringify(probed) + decode(probed!)).not.toContain(KEY);
  const { tokens } = await readReplay(join(place.path, 'recorded/one.ndjson'));
  const { code, stderr } = await place.run(
    'run',
    '--workload',
    'recorded/one.ndjson',
    '--transports',
    'sse,ws',
    '--preset',
    'smoke',
    '--connections',
    '5',
    '--blocks',
    '1',
    '--name',
    'replay',
    '--quiet',
  );
  expect([code, stderr]).not.toContain(2);
  const trials = place.readTrials('replay') as CompletedTrial[];
  expect(trials.map(({ client }) => client.streamsVerified - client.streamsPlanned)).toEqual([
    0, 0,
  ]);
  const saved = JSON.parse(
    readFileSync(join(place.runFolder('replay'), 'tokens.json'), 'utf8'),
  ) as typeof tokens;
  expect(saved).toEqual(tokens);
});
