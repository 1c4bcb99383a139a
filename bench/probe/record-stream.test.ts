import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { head, observe, request } from './observation-fixture.ts';
import { appendRecord, checkRecordFile } from '../contract/recording/append-records.ts';
import { recordOf } from '../contract/recording/record-stream.ts';
import { Secrets } from '../contract/secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'record-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KEY = 'sk-very-secret';
const secrets = new Secrets();
secrets.add(KEY, '${KEY}');

const observed = observe(
  [
    [2, { name: 'x', id: '7', data: 'one\ntwo' }],
    [3, { data: `the key is ${KEY}` }],
  ],
  { head: { ...head, headers: { 'set-cookie': 'sid=1', 'x-echo': KEY } } },
);

const record = recordOf(observed, {
  request: {
    ...request,
    url: `http://h/?key=${KEY}`,
    headers: [
      ['authorization', 'Bearer written-out'],
      ['x-own', KEY],
    ],
    body: `{"key":"${KEY}"}`,
  },
  dialect: 'plain-sse',
  secrets,
  startedAt: new Date(0),
});

describe('a record', () => {
  it('has what came, with times, and no secret', () => {
    expect(record).toMatchObject({
      version: 1,
      arrivalNs: 0,
      startedAt: '1970-01-01T00:00:00.000Z',
      dialect: 'plain-sse',
      request: {
        url: 'http://h/?key=${KEY}',
        headers: [
          ['authorization', '<hidden>'],
          ['x-own', '${KEY}'],
        ],
        body: '{"key":"${KEY}"}',
      },
      head: { status: 200, headers: { 'set-cookie': '<hidden>', 'x-echo': '${KEY}' } },
      reads: [
        [2e6, 100],
        [3e6, 100],
      ],
      end: { kind: 'in-order', ns: 4e6 },
    });
    expect(record.events.map(([ns, b64]) => [ns, Buffer.from(b64, 'base64').toString()])).toEqual([
      [2e6, 'event: x\nid: 7\ndata: one\ndata: two\n\n'],
      [3e6, 'data: the key is ${KEY}\n\n'],
    ]);
  });

  it('of messages has their text, or their bytes', () => {
    const { events } = recordOf(
      observe(
        [
          [1, { data: 'text' }],
          [2, { data: '\xff\0', isBinary: true }],
        ],
        { head: { ...head, framing: 'messages' } },
      ),
      { request, dialect: undefined, secrets, startedAt: new Date(0) },
    );
    expect(events).toEqual([
      [1e6, 'dGV4dA=='],
      [2e6, '/wA=', 'binary'],
    ]);
  });

  it('is a line of its own at the end of the file', () => {
    const path = join(folder, 'streams.ndjson');
    checkRecordFile(path);
    appendRecord(path, record);
    appendRecord(path, record);
    const lines = readFileSync(path, 'utf8').split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[1]!)).toEqual(JSON.parse(JSON.stringify(record)));
  });

  it.each([
    ['USAGE', checkRecordFile],
    ['FILE', (path: string): void => appendRecord(path, record)],
  ] as const)('in a folder that does not exist is refused by name, as %s', (code, write) => {
    expect(() => write(join(folder, 'no', 'file'))).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining('--record') as string,
      }) as Error,
    );
  });
});
