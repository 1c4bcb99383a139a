import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runMain } from '../cli-fixture.ts';
import { recordedStreams } from '../recording/export/export-fixture.ts';
import { writeRecording } from '../recording/recording-fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'export-command-'));
afterAll(() => rmSync(folder, { recursive: true }));
const recording = writeRecording(join(folder, 'streams.ndjson'), recordedStreams);
const empty = writeRecording(join(folder, 'empty.ndjson'), []);
mkdirSync(join(folder, 'no-run'));

it('writes a file, and says on stderr what the format leaves out', async () => {
  const out = join(folder, 'trace.jsonl');
  const { code, stdout, stderr } = await runMain(
    'export',
    recording,
    '--format',
    'mooncake',
    '--out',
    out,
  );
  expect([code, stdout]).toEqual([0, `${out}: 3 streams as mooncake\n`]);
  expect(stderr).toBe('1 of 3 streams brought no token, and are left out\n');
  expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(2);
});

it('writes to stdout without --out', async () => {
  const { stdout } = await runMain('export', recording, '--format', 'har');
  expect((JSON.parse(stdout) as { log: { entries: unknown[] } }).log.entries).toHaveLength(3);
});

it.each([
  [[recording], /required option '--format <format>'/],
  [[recording, '--format', 'hra'], /--format hra: there is no format "hra".*har/s],
  [[join(folder, 'none'), '--format', 'har'], /there is no file or folder .*none/],
  [[empty, '--format', 'otel'], /empty\.ndjson is empty: it holds no stream/],
  [[join(folder, 'no-run'), '--format', 'har'], /no-run/],
  [[recording, '--format', 'har', '--out', join(folder, 'no', 'x')], /--out .*: ENOENT/],
])('%j is refused, and leaves nothing behind', async (words, message) => {
  const { code, stderr } = await runMain('export', ...words);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});
