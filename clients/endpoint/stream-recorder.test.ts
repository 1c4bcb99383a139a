import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EndpointRequest } from '../../bench/contract/endpoint.ts';
import type { StreamRecord } from '../../bench/contract/recording/stream-record.ts';
import { Secrets } from '../../bench/contract/secrets.ts';
import { StreamRecorder, type KeptStream } from './stream-recorder.ts';

const folder = mkdtempSync(join(tmpdir(), 'recorder-'));
afterAll(() => rmSync(folder, { recursive: true }));

const KEY = 'sk-very-secret-4711';

const request: EndpointRequest = {
  url: `http://127.0.0.1/stream?key=${KEY}`,
  method: 'POST',
  headers: [
    ['authorization', `Bearer ${KEY}`],
    ['x-own', KEY],
  ],
  body: `{"key":"${KEY}"}`,
  timeoutMs: 1,
  totalTimeoutMs: 1,
  maxBytes: 1,
};

const chunk = (content: string) => ({
  data: JSON.stringify({
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content }, finish_reason: null }],
  }),
});

function kept(startNs: number, texts: readonly string[]): KeptStream {
  return {
    request,
    startNs,
    dialect: 'openai-chat',
    isWhole: true,
    content: texts.join(''),
    observed: {
      head: {
        status: 200,
        httpVersion: '1.1',
        headers: { 'x-echo': KEY, 'set-cookie': 'sid=1' },
        contentType: 'text/event-stream',
        framing: 'event-stream',
      },
      sentNs: 10,
      reads: [[20, 100]],
      events: texts.map((text, index) => [20 + index, chunk(text)]),
      end: { kind: 'in-order' },
      endNs: 90,
    },
  };
}

let files = 0;

function recorderOf(mostBytes?: number): { recorder: StreamRecorder; read: () => StreamRecord[] } {
  const secrets = new Secrets();
  secrets.add(KEY, '${KEY}');
  const path = join(folder, `${files++}.ndjson`);
  const place = { path, target: 'mine', trial: 3, secrets };
  return {
    recorder: new StreamRecorder({ ...place, ...(mostBytes !== undefined && { mostBytes }) }),
    read: () =>
      readFileSync(path, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as StreamRecord),
  };
}

const decoded = ({ events }: StreamRecord): string =>
  events.map(([, b64]) => Buffer.from(b64, 'base64').toString()).join('');

describe('recorded streams of a target', () => {
  it('are lines in the order of their starts, with their places', () => {
    const { recorder, read } = recorderOf();
    recorder.keep(kept(700, ['later']));
    recorder.keep(kept(200, ['Hello', ' there']));
    expect(recorder.write(new Date(0))).toEqual({ streams: 2, leftOut: 0, withheld: 0 });
    expect(read()).toMatchObject([
      { arrivalNs: 0, target: 'mine', trial: 3, isWhole: true, sentNs: 10, end: { ns: 90 } },
      { arrivalNs: 500, target: 'mine', trial: 3 },
    ]);
    expect(decoded(read()[0]!)).toContain('"content":" there"');
  });

  it('hold no secret, as text or in base64, also where the server echoes it', () => {
    const { recorder, read } = recorderOf();
    recorder.keep(kept(0, [`your key is ${KEY}!`]));
    recorder.write(new Date(0));
    const [record] = read();
    for (const text of [JSON.stringify(record), decoded(record!)]) {
      expect(text).not.toContain(KEY);
      expect(text).not.toContain(Buffer.from(KEY).toString('base64'));
    }
    expect(decoded(record!)).toContain('your key is ${KEY}!');
    expect(record?.request?.headers).toEqual([
      ['authorization', '<hidden>'],
      ['x-own', '${KEY}'],
    ]);
  });

  it('lack their events where these spell a secret together', () => {
    const { recorder, read } = recorderOf();
    recorder.keep(kept(0, ['it is ', KEY.slice(0, 4), KEY.slice(4, 9), KEY.slice(9), '.']));
    expect(recorder.write(new Date(0)).withheld).toBe(1);
    expect(read()).toMatchObject([
      { events: [], withheld: 'several of its events together spell a secret' },
    ]);
  });

  it('are bounded: those that begin beyond the bound are counted', () => {
    const { recorder } = recorderOf(10);
    expect(recorder.hasRoom()).toBe(true);
    recorder.count({ data: 'twelve bytes' });
    expect([recorder.hasRoom(), recorder.hasRoom()]).toEqual([false, false]);
    recorder.keep(kept(0, ['a']));
    expect(recorder.write(new Date(0))).toEqual({ streams: 1, leftOut: 2, withheld: 0 });
  });
});
