// A run on each example by its own target file: what a user does with a server of their own.

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectPath } from '../../bench/contract/program.ts';
import { isUntested } from '../../bench/missing-fixture.ts';
import { exampleNames, targetFileOf, whyNotBuilt } from './example-fixture.ts';

/** Beside many other programs on two CPUs, Spring took 79 s to start, and each trial starts it. */
const TIMEOUT_MS = 600_000;

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Trial {
  readonly arm: { readonly target: string };
  readonly target: {
    readonly streams: number;
    readonly whole: number;
    readonly outputTokens: number;
    readonly contentSha256: string;
  };
}

for (const name of exampleNames)
  it.skipIf(isUntested(`runs on the example ${name}`, whyNotBuilt(name)))(
    `a run on ${name} receives every stream whole`,
    async () => {
      const out = join(folder, name);
      const words = ['run', '--target', targetFileOf(name), '--preset', 'smoke', '--blocks', '1'];
      // Its exit code is also 1 where a busy machine misses the times that a run asks for.
      const said = await new Promise((resolve) =>
        execFile(
          process.execPath,
          [projectPath('bench/cli.ts'), ...words, '--out', out, '--quiet'],
          (_error, _stdout, stderr) => resolve(stderr),
        ),
      );
      expect(said).toBe('');
      const [run = ''] = readdirSync(out);
      const trials = readFileSync(join(out, run, 'run.ndjson'), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => JSON.parse(line) as Trial);
      expect(trials.map(({ arm }) => arm.target).toSorted()).toEqual([`${name}-sse`, `${name}-ws`]);
      for (const { target } of trials) {
        expect(target.streams).toBeGreaterThan(0);
        expect(target).toMatchObject({
          whole: target.streams,
          outputTokens: 75 * target.streams,
          contentSha256: expect.any(String),
        });
      }
    },
    TIMEOUT_MS,
  );
