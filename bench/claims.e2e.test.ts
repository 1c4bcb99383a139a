// Claims that are measured as a user does it: one claim whose run takes seconds. The rules are
// proved in claims/ and commands/claims.test.ts.

import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { CliFolder } from './cli-fixture.ts';
import { loadSuite } from './trial/suite-folder.ts';

const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

interface Read {
  readonly claims: readonly {
    readonly id: string;
    readonly verdict: string;
    readonly meanings: readonly {
      readonly evidence: readonly {
        readonly figure?: { readonly estimate?: { readonly value: number } };
        readonly place: { readonly endpoint: string; readonly folder: string };
      }[];
    }[];
  }[];
}

it('a claim is measured, written as a page, continued and read again from its folder', async () => {
  const measured = await place.run(
    'claims',
    '--claims',
    'S6',
    '--preset',
    'smoke',
    '--seed',
    '7',
    '--name',
    'six',
    '--json',
  );
  // 1 where the machine was too busy for a gate.
  expect([0, 1]).toContain(measured.code);
  const folder = place.runFolder('six');
  expect(measured.stderr).toMatch(/^run matrix-audio \(1 of 1\), about .* left in all$/m);
  expect(loadSuite(folder).parts).toEqual([{ scenario: 'matrix', folder: 'matrix-audio' }]);
  for (const file of ['claims.html', 'report.md', 'matrix-audio/report.md'])
    expect(existsSync(join(folder, file)), `${file} is there`).toBe(true);
  const { claims } = JSON.parse(measured.stdout) as Read;
  const [bytes] = claims[0]!.meanings[0]!.evidence;
  expect(bytes!.place).toMatchObject({
    endpoint: 'bytes.token',
    folder: relative(place.path, join(folder, 'matrix-audio')),
  });
  // Of 960 bytes base64 makes 1280, in an envelope; one binary message has 960 and its head.
  expect(bytes!.figure!.estimate!.value).toBeGreaterThan(0.5);
  expect(bytes!.figure!.estimate!.value).toBeLessThan(0.8);
  // A smoke test supports no claim, whatever it measured.
  expect(claims.map(({ id, verdict }) => [id, verdict])).toEqual([['S6', 'open']]);

  const page = readFileSync(join(folder, 'claims.md'), 'utf8');
  const continued = await place.run('claims', '--continue', folder, '--quiet');
  expect([0, 1]).toContain(continued.code);
  expect(readFileSync(join(folder, 'claims.md'), 'utf8')).toBe(page);

  const read = await place.run('claims', '--from', folder, '--claims', 'S6', '--json');
  expect(read.code).toBe(0);
  expect((JSON.parse(read.stdout) as Read).claims[0]).toMatchObject({ id: 'S6', verdict: 'open' });
});
