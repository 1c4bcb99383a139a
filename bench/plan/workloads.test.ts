import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTokenFile } from '../contract/tokens.ts';
import { locateTokens, resolveWorkload, workloadNames } from './workloads.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'workloads-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

it('every named workload has tokens that match its hash, and no path of this machine', async () => {
  for (const name of workloadNames) {
    const { workload, ownTokens } = await resolveWorkload(name);
    expect(ownTokens).toBeUndefined();
    expect(workload.tokenFile).toBe('bundled');
    expect(readTokenFile(locateTokens(workload, '/nowhere')).tokensSha256).toBe(
      workload.tokensSha256,
    );
  }
});

it('a text file becomes tokens that spell it', async () => {
  const { workload, ownTokens } = await resolveWorkload(
    write('answers.txt', 'Hello wörld, 你好.\n'),
  );
  expect(workload).toMatchObject({
    name: 'answers.txt',
    tokensPerSecond: 20,
    tokenFile: 'tokens.json',
  });
  expect(ownTokens?.segments[0]?.tokens.join('')).toBe('Hello wörld, 你好.\n');
});

it('a definition overrides single fields of the default', async () => {
  const path = write(
    'mine.json',
    JSON.stringify({
      tokensPerSecond: 33,
      gaps: { kind: 'fixed' },
      segments: ['code-ts', 'prose-de'],
    }),
  );
  const { workload } = await resolveWorkload(path);
  expect(workload).toMatchObject({
    name: 'mine',
    tokensPerSecond: 33,
    tokensPerStream: 150,
    gaps: { kind: 'fixed' },
    segments: ['code-ts', 'prose-de'],
  });
});

it.each([
  ['broken.json', '{', /broken\.json is not a workload definition/],
  [
    'field.json',
    '{"tokensPerSecnd": 3}',
    /field\.json is not a workload definition.*tokensPerSecnd/s,
  ],
  ['rate.json', '{"tokensPerSecond": 0}', /rate\.json is not a workload definition/],
  ['segment.json', '{"segments": ["prose-xx"]}', /there is no segment "prose-xx"/],
  ['lost.json', '{"textFile": "not-there.txt"}', /not-there\.txt cannot be read/],
  ['empty.txt', ' \n', /empty\.txt is empty/],
])('%s is refused with its name and the reason', async (name, content, message) => {
  await expect(resolveWorkload(write(name, content))).rejects.toThrow(message);
});

it('a file that is not UTF-8 is refused, not guessed at', async () => {
  await expect(
    resolveWorkload(write('latin1.txt', Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65]))),
  ).rejects.toThrow(/latin1\.txt cannot be read as UTF-8/);
});

it('tokens that are not the plan’s are refused', async () => {
  const { workload } = await resolveWorkload('steady');
  expect(() => locateTokens({ ...workload, tokensSha256: 'f'.repeat(64) }, folder)).toThrow(
    'holds other tokens than the plan',
  );
});
