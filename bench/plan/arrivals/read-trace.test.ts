import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { NS_PER_MS, NS_PER_S } from '../../contract/units.ts';
import { readTrace } from './read-trace.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamduel-trace-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const all = { untilNs: Infinity, mostRowsKept: 1000 };

function write(content: string | Buffer, name = 'trace'): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const heading = 'TIMESTAMP,ContextTokens,GeneratedTokens';
const csv = `${heading}\r
2023-11-16 23:59:59.9000001,374,44\r
2023-11-17 00:00:00.4000001,396,109\r
2023-11-17 00:00:00.4000001,0,1`;

const jsonl = `{"timestamp": 27, "input_length": 6758, "output_length": 500, "hash_ids": [0, 1]}
{"timestamp": 27.5, "input_length": 1, "output_length": 2}

{"timestamp": 3027, "input_length": 0, "output_length": 3, "hash_ids": []}
`;

test('an Azure trace: times to 100 ns and across midnight, CRLF, no line end at the end', async () => {
  expect(await readTrace(write(csv), all)).toEqual({
    format: 'azure',
    sha256: createHash('sha256').update(csv).digest('hex'),
    rows: 3,
    spanNs: 500 * NS_PER_MS,
    sameTimeRows: 1,
    startNs: [0, 500 * NS_PER_MS, 500 * NS_PER_MS],
    inputTokens: [374, 396, 0],
    outputTokens: [44, 109, 1],
  });
});

test('columns may stand in another order, and times may have a zone', async () => {
  const path = write(
    'GeneratedTokens,TIMESTAMP,ContextTokens\n7,2024-05-10 00:00:00.009930+00:00,3\n8,2024-05-10T01:00:01.009930+01:00,4\n',
  );
  expect(await readTrace(path, all)).toMatchObject({
    startNs: [0, NS_PER_S],
    inputTokens: [3, 4],
    outputTokens: [7, 8],
  });
});

test('a Mooncake trace: ms since the first row, empty lines passed over', async () => {
  expect(await readTrace(write(jsonl), all)).toMatchObject({
    format: 'mooncake',
    rows: 3,
    startNs: [0, 0.5 * NS_PER_MS, 3 * NS_PER_S],
    inputTokens: [6758, 1, 0],
    outputTokens: [500, 2, 3],
  });
});

test('rows that begin later are checked and counted, and not kept', async () => {
  const path = write(jsonl);
  const trace = await readTrace(path, { untilNs: NS_PER_S, mostRowsKept: 2 });
  expect(trace).toMatchObject({ rows: 3, spanNs: 3 * NS_PER_S, outputTokens: [500, 2] });
});

test('more rows than a trial may have are refused, by line', async () => {
  const path = write(jsonl);
  await expect(readTrace(path, { untilNs: Infinity, mostRowsKept: 2 })).rejects.toMatchObject({
    code: 'LIMIT',
    message: `${path}:4: more than 2 streams begin within one trial`,
  });
});

test('a file larger than one read has the same rows, wherever the reads end', async () => {
  const lines = Array.from(
    { length: 20_000 },
    (_, row) => `{"timestamp":${row},"input_length":5,"output_length":${1 + (row % 7)}}`,
  );
  const trace = await readTrace(write(lines.join('\n')), { untilNs: Infinity, mostRowsKept: 1e5 });
  expect(trace.rows).toBe(20_000);
  expect(trace.startNs.at(-1)).toBe(19_999 * NS_PER_MS);
  expect(trace.outputTokens.every((tokens, row) => tokens === 1 + (row % 7))).toBe(true);
});

describe('bad rows are refused with their file and line, and with what would be right', () => {
  test.each([
    ['an empty file', '', 'has no rows'],
    ['a heading alone', `${heading}\n`, 'has no rows'],
    [
      'an unknown column',
      'TIMESTAMP,ContextTokens,Answer\n',
      ':1: unknown column "Answer"; expected the heading TIMESTAMP,',
    ],
    ['a missing column', 'TIMESTAMP,ContextTokens\n', ':1: column GeneratedTokens is missing'],
    ['a column twice', `${heading},TIMESTAMP\n`, ':1: column TIMESTAMP is there twice'],
    ['a text', 'Once upon a time\n', ':1: unknown column "Once upon a time"'],
    ['a short row', `${heading}\n2023-11-16 18:15:46,3\n`, ':2: 2 columns; expected 3'],
    [
      'a date that does not exist',
      `${heading}\n2023-02-30 18:15:46,3,4\n`,
      ':2: TIMESTAMP "2023-02-30 18:15:46"; expected a time such as',
    ],
    ['a number for a time', `${heading}\n17,3,4\n`, ':2: TIMESTAMP "17"'],
    [
      'a length of 0',
      `${heading}\n2023-11-16 18:15:46,3,0\n`,
      ':2: GeneratedTokens 0; expected a whole number of tokens from 1',
    ],
    [
      'a length that is no number',
      `${heading}\n2023-11-16 18:15:46,3,many\n`,
      ':2: GeneratedTokens "many"',
    ],
    [
      'rows out of order',
      `${heading}\n2023-11-16 18:15:46.5,3,4\n2023-11-16 18:15:46.2,3,4\n`,
      ':3: begins 0.3 s before the row above it; expected rows in order of time',
    ],
    ['a line that is no JSON', `${jsonl}{"timestamp":\n`, ':5: no JSON: "{\\"timestamp\\":"'],
    [
      'an unknown field',
      '{"timestamp":0,"input_length":1,"output_length":1,"delay":5}',
      ':1: unknown field "delay"; expected timestamp, input_length, output_length, hash_ids',
    ],
    ['a missing field', '{"timestamp":0,"input_length":1}', ':1: output_length none; expected'],
    [
      'a time of another type',
      '{"timestamp":"0","input_length":1,"output_length":1}',
      ':1: timestamp "0"; expected ms',
    ],
    ['a negative time', '{"timestamp":-1,"input_length":1,"output_length":1}', ':1: timestamp -1'],
    [
      'half a token',
      '{"timestamp":0,"input_length":1,"output_length":1.5}',
      ':1: output_length 1.5',
    ],
  ])('%s', async (_, content, message) => {
    const path = write(content);
    const refusal = await readTrace(path, all).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(refusal?.message).toContain(path);
    expect(refusal?.message).toContain(message);
  });

  test('a line without end, not kept in memory to its end', async () => {
    const path = write(`{"timestamp":0,"hash_ids":[${'1,'.repeat(400_000)}`);
    await expect(readTrace(path, all)).rejects.toThrow('a line of more than');
  });

  test('bytes that are no text', async () => {
    const path = write(Buffer.from([0x7b, 0xff, 0xfe, 0x0a]));
    await expect(readTrace(path, all)).rejects.toThrow('cannot be read as a trace');
  });
});
