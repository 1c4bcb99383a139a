import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { streamRecordSchema, type StreamRecord } from '../../contract/recording/stream-record.ts';
import { deltasOf, type RecordedDeltas } from '../recorded-deltas.ts';
import { importTrace } from './import-trace.ts';
import type { TraceFormat } from './trace-formats.ts';

const folder = mkdtempSync(join(tmpdir(), 'import-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function read(path: string, from?: TraceFormat): Promise<StreamRecord[]> {
  const records: StreamRecord[] = [];
  for await (const record of importTrace(path, from)) records.push(record);
  for (const record of records) expect(streamRecordSchema.parse(record)).toEqual(record);
  return records;
}

function deltas(record: StreamRecord | undefined): RecordedDeltas {
  if (record === undefined) throw new Error('there is no such stream');
  const found = deltasOf(record, 'here');
  if ('why' in found) throw new Error(found.why);
  return found;
}

/** Made by AIPerf 0.13.0 against the Node server of servers/examples; see README.md beside it. */
const aiperfFile = fileURLToPath(new URL('traces/aiperf-raw.jsonl', import.meta.url));

describe('a trace of AIPerf', () => {
  it('has its streams, with the texts and the times of their reads', async () => {
    const records = await read(aiperfFile);
    expect(records).toHaveLength(3);
    expect(records.map(({ imported }) => imported)).toEqual(
      records.map(() => ({ from: 'aiperf', text: 'recorded', reads: 'by-equal-times' })),
    );
    expect(records.map((record) => deltas(record).tokens.length)).toEqual([12, 12, 12]);
    expect(deltas(records[0]).tokens.slice(0, 3)).toEqual(['then', ' river', ' forest']);
    // The first line has start_perf_ns 1582995667553, and its second event perf_ns 1583016670820.
    expect(deltas(records[0]).offsetsNs[0]).toBe(1_583_016_670_820 - 1_582_995_667_553);
    expect(records[1]?.arrivalNs).toBe(1_583_241_316_569 - 1_582_995_667_553);
    expect(records[0]?.reads.length).toBeLessThanOrEqual(records[0]?.events.length ?? 0);
  });

  it('without packets is refused: it was not streamed', async () => {
    const path = write('whole.jsonl', {
      start_perf_ns: 1,
      responses: [{ perf_ns: 2, text: 'all of it' }],
    });
    await expect(read(path)).rejects.toThrow(/whole\.jsonl, line 1: response 1 has no packets/);
  });

  it('with an answer before its request is refused', async () => {
    const path = write('early.jsonl', {
      start_perf_ns: 10,
      responses: [{ perf_ns: 4, packets: [{ name: 'data', value: '{}' }] }],
    });
    await expect(read(path)).rejects.toThrow(/early\.jsonl, stream 1: event 1 is at -6 ns/);
  });
});

const result = {
  ttfts: [0.05, 0.06],
  itls: [
    [0.01, 0.02, 0, 0.011],
    [0.02, 0.03],
  ],
};

describe('detailed results of vLLM or SGLang', () => {
  it('have the gaps that they list; the text is cut over them', async () => {
    const path = write('vllm.json', {
      ...result,
      generated_texts: ['Hello there, this is text.', 'One two three'],
      start_times: [100, 100.5],
    });
    const [first, second] = await read(path);
    expect(first?.imported).toMatchObject({ from: 'vllm', text: 'resplit' });
    expect(deltas(first).tokens.join('')).toBe('Hello there, this is text.');
    expect(deltas(first).offsetsNs).toEqual([50e6, 60e6, 80e6, 80e6, 91e6]);
    expect(second?.arrivalNs).toBe(500e6);
    expect(deltas(second).tokens.join('')).toBe('One two three');
  });

  it('without texts get texts of this project, and say so; a failed stream is cut', async () => {
    const path = write(
      'sglang.jsonl',
      `${JSON.stringify({ ...result, errors: ['', 'timeout'] })}\n`,
    );
    const [first, second] = await read(path, 'sglang');
    expect(first?.imported).toEqual({ from: 'sglang', text: 'bundled', reads: 'by-equal-times' });
    expect(deltas(first).tokens).toHaveLength(5);
    expect(second?.end.kind).toBe('cut');
  });

  const rising = [0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.14, 0.16];
  it.each([
    ['short.json', { ttfts: [0.1] }, /short\.json: itls: /],
    ['uneven.json', { ...result, ttfts: [0.1] }, /itls is of 2 requests, and ttfts of 1/],
    ['negative.json', { ttfts: [0.1], itls: [[0.1, -0.2]] }, /itls\[0\]: gap 2 is -0\.2 s/],
    ['first.json', { ttfts: [-1], itls: [[0.1]] }, /itls\[0\]: the first token is at -1 s/],
    ['ms.json', { ttfts: [0.1], itls: [[2000, 2100, 1900]] }, /a median gap of 2000 s/],
    [
      'sums.json',
      { ttfts: [0.1], itls: [rising] },
      /its 8 values never fall, from 0\.02 to 0\.16 s: they are times/,
    ],
    ['text.json', { ttfts: [0.1], itls: [['fast']] }, /text\.json: itls\.0\.0: /],
  ])('%s is refused by name and member', async (name, content, message) => {
    await expect(read(write(name, content))).rejects.toThrow(message);
  });

  it('with equal gaps are gaps, though they never fall', async () => {
    const path = write('even.json', { ttfts: [0.1], itls: [Array(20).fill(0.02)] });
    expect(deltas((await read(path))[0]).offsetsNs.slice(0, 3)).toEqual([100e6, 120e6, 140e6]);
  });
});

const socketEntry = {
  startedDateTime: '2026-11-30T10:00:00.000Z',
  request: {
    method: 'GET',
    url: 'wss://u:pw@h/v1/responses?api_key=sk-very-secret&model=m',
    headers: [{ name: 'Authorization', value: 'Bearer sk-very-secret' }],
  },
  response: { content: { mimeType: 'x-unknown' } },
  _webSocketMessages: [
    { type: 'send', time: 1_796_032_801, opcode: 1, data: 'first' },
    { type: 'receive', time: 1_796_032_801.25, opcode: 1, data: 'One' },
    { type: 'receive', time: 1_796_032_801.5, opcode: 1, data: ' two' },
    { type: 'send', time: 1_796_032_803, opcode: 1, data: 'second' },
    { type: 'receive', time: 1_796_032_803.125, opcode: 1, data: 'Three' },
    { type: 'receive', time: 1_796_032_803.25, opcode: 1, data: ' four' },
  ],
};
const har = (...entries: readonly object[]): object => ({ log: { entries } });

describe('a HAR file', () => {
  it('has an answer for each message that was sent over a WebSocket, and no credentials', async () => {
    const path = write('ws.har', har(socketEntry));
    const [first, second] = await read(path);
    expect([first?.arrivalNs, second?.arrivalNs]).toEqual([0, 2e9]);
    expect(deltas(first)).toEqual({ tokens: ['One', ' two'], offsetsNs: [0.25e9, 0.5e9] });
    expect(deltas(second)).toEqual({ tokens: ['Three', ' four'], offsetsNs: [0.125e9, 0.25e9] });
    expect(second?.request?.messages).toEqual(['second']);
    expect(first?.request?.url).toBe('wss://u:hidden@h/v1/responses?api_key=hidden&model=m');
    expect(JSON.stringify([first, second])).not.toContain('sk-very-secret');
  });

  it('has event streams where a tool has written the times of their events', async () => {
    const { _webSocketMessages: _none, ...entry } = socketEntry;
    const path = write(
      'sse.har',
      har({
        ...entry,
        response: { content: { mimeType: 'text/event-stream' } },
        _eventSourceMessages: [
          { time: 1_796_032_800.5, eventName: 'message', eventId: '', data: 'One' },
          { time: 1_796_032_800.75, eventName: 'message', eventId: '7', data: ' two' },
        ],
      }),
    );
    const [record] = await read(path);
    expect(deltas(record)).toEqual({ tokens: ['One', ' two'], offsetsNs: [0.5e9, 0.75e9] });
  });

  it.each([
    [
      'untimed.har',
      har({
        ...socketEntry,
        _webSocketMessages: undefined,
        response: { content: { mimeType: 'text/event-stream; charset=utf-8' } },
      }),
      /log\.entries\[0\] is an event stream without _eventSourceMessages/,
    ],
    [
      'plain.har',
      har({ ...socketEntry, _webSocketMessages: undefined }),
      /neither _webSocketMessages nor _eventSourceMessages/,
    ],
    ['date.har', har({ ...socketEntry, startedDateTime: 'today' }), /startedDateTime is no date/],
    [
      'unordered.har',
      har({
        ...socketEntry,
        _webSocketMessages: [0, 2, 1].map((index) => socketEntry._webSocketMessages[index]),
      }),
      /unordered\.har, stream 1: event 2 is at 250000000 ns, before the event ahead of it/,
    ],
  ])('%s is refused by name and entry', async (name, content, message) => {
    await expect(read(write(name, content))).rejects.toThrow(message);
  });
});

describe('another file', () => {
  it.each([
    ['nothing.jsonl', '', 'WORKLOAD', /nothing\.jsonl is empty/],
    [
      'table.csv',
      'TIMESTAMP,ContextTokens\n1,2\n',
      'USAGE',
      /none of the formats .* it is no JSON/,
    ],
    [
      'mooncake.jsonl',
      '{"timestamp":0,"input_length":3,"output_length":4,"hash_ids":[]}\n',
      'USAGE',
      /arrivals and lengths, but no gap between tokens/,
    ],
    ['mine.ndjson', '{"version":1,"events":[]}\n', 'USAGE', /is a recording already/],
    ['odd.json', '{"a":1,"b":2}', 'USAGE', /its members are a, b/],
    ['broken.json', '{"itls":[\n[', 'WORKLOAD', /broken\.json is no JSON/],
  ])('%s is refused, with what is missing', async (name, content, code, message) => {
    await expect(read(write(name, content))).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }) as Error,
    );
  });

  it('is refused where it is not the format that the user names', async () => {
    await expect(read(write('vllm-2.json', result), 'aimock')).rejects.toThrow(
      /vllm-2\.json is no file of fixtures: fixtures/,
    );
    await expect(read(join(folder, 'missing.json'))).rejects.toThrow(/there is no file .*missing/);
  });
});
