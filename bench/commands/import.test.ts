import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runMain } from '../cli-fixture.ts';
import { resolveWorkload } from '../plan/workloads.ts';

const folder = mkdtempSync(join(tmpdir(), 'import-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const trace = join(folder, 'trace.json');
writeFileSync(
  trace,
  JSON.stringify({
    ttfts: [0.1, 0.2],
    itls: [
      [0.02, 0, 0.02],
      [0.02, 0.02],
    ],
    errors: ['', 'reset'],
  }),
);

it('writes a recording, says what it holds, and a run takes it', async () => {
  const out = join(folder, 'streams.ndjson');
  const { code, stdout } = await runMain('import', trace, '--out', out);
  expect([code, stdout]).toEqual([
    0,
    `${out}: 2 streams, 4 tokens\n1 of them did not arrive whole, and a replay leaves them out\nmedian gap 20.0 ms, 1.333 tokens a read\nreplay: streamduel run --workload ${out}\n`,
  ]);
  const { workload } = await resolveWorkload(out);
  expect(workload.gaps).toEqual({ kind: 'recorded', streams: 1, leftOut: 1, texts: 'bundled' });
});

it.each([
  [[trace, '--from', 'vlm', '--out', 'x'], /--from vlm: there is no format "vlm".*vllm/s],
  [[trace, '--out', join(folder, 'no', 'file')], /--out .*: ENOENT/],
  [[join(folder, 'none'), '--out', join(folder, 'x')], /there is no file .*none/],
  [[trace, '--from', 'har', '--out', join(folder, 'x')], /trace\.json is no HAR file: log/],
  [[trace], /required option '--out <file>'/],
])('%j is refused, and leaves nothing behind', async (words, message) => {
  const { code, stderr } = await runMain('import', ...words);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  expect(readdirSync(folder).filter((name) => name.startsWith('x'))).toEqual([]);
  expect(existsSync('x')).toBe(false);
});
