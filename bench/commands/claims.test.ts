// `streamduel claims` over made-up trials and saved runs: one page, its runs shared, and a
// measurement that goes on where it stopped.

import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadRun } from '../analysis/load-run.ts';
import { CliFolder, runMain } from '../cli-fixture.ts';
import { BenchError, exitCodeOf } from '../contract/errors.ts';
import { projectPath } from '../contract/program.ts';
import { loadSuite } from '../trial/suite-folder.ts';
import { claims } from '../claims/claims.ts';
import { claimsCommand, type ClaimsFlags } from './claims.ts';
import { estimateRunS, planClaims } from './claims-plan.ts';
import type { CommandOutput } from './command-output.ts';
import { keptOutput } from './kept-output-fixture.ts';
import { isUntested } from '../missing-fixture.ts';
import { whyNoNamespaces } from '../path/network-namespaces.ts';
import { failWith, makeUp, pressingCtrlC } from './made-up-run-fixture.ts';

const place = new CliFolder();
afterAll(() => place[Symbol.dispose]());

const reference = (...names: readonly string[]): readonly string[] =>
  names.map((name) => projectPath(`reports/reference/${name}`));

interface ClaimsEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly error: BenchError | undefined;
}

async function claimsHere({
  measure = makeUp(),
  ...flags
}: ClaimsFlags & { readonly measure?: CommandOutput['measure'] }): Promise<ClaimsEnd> {
  const { output, stdout, stderr } = keptOutput();
  const usual = flags.continue === undefined ? { out: join(place.path, 'reports') } : {};
  try {
    const code = await claimsCommand({ ...usual, ...flags }, { ...output, measure });
    return { code, stdout: stdout(), stderr: stderr(), error: undefined };
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { code: exitCodeOf(error), stdout: stdout(), stderr: stderr(), error };
  }
}

const page = (folder: string): string => readFileSync(join(folder, 'claims.md'), 'utf8');

describe('claims from saved runs', () => {
  it('reads runs and suites, passes over files, and writes one page', async () => {
    const { code, stdout, stderr } = await claimsHere({
      from: reference('cost', 'herd', 'many', 'herd', 'aa.md'),
      claims: 'S2c,S4,W5',
      name: 'saved',
    });
    expect([code, stderr]).toEqual([
      0,
      `passed over: ${projectPath('reports/reference/aa.md')} is no folder of a run\n`,
    ]);
    const folder = place.runFolder('saved');
    expect(readdirSync(folder).toSorted()).toEqual(['claims.html', 'claims.md']);
    const text = page(folder);
    expect(text.match(/^## .*$/gm)).toEqual([
      '## How to read it',
      '## S2c EventSource clients come back as a herd',
      '## S4 SSE is cheaper with many clients',
      '## W5 WebSocket has trouble with proxies and firewalls',
      '## Runs',
    ]);
    // The herd was named twice and is read once; a suite is its parts.
    expect(text).toContain('held against 4 runs');
    expect(stdout).toMatch(/^S2c .* supported /m);
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link as string);
    expect(links.length).toBeGreaterThan(4);
    const files = links.filter((link) => !link.startsWith('#'));
    expect(files.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
  });

  it('as JSON, with the place of every row', async () => {
    const { stdout } = await claimsHere({
      from: reference('cost'),
      claims: 'S4',
      name: 'json',
      json: true,
    });
    const { claims } = JSON.parse(stdout) as {
      claims: readonly { meanings: readonly object[] }[];
    };
    expect(claims[0]!.meanings[0]).toMatchObject({
      bearing: 'refutes',
      evidence: [
        {
          bearing: 'refutes',
          figure: {
            kind: 'ratio',
            estimate: { value: expect.closeTo(0.6257, 4) as number, trials: 9 },
          },
          place: { endpoint: 'memory.retained', scenario: 'memory', arms: ['sse', 'ws'] },
        },
      ],
    });
  });
});

it('a profile adds what the claims say for it, also of claims that are not shown', async () => {
  const profile = join(place.path, 'profile.yaml');
  writeFileSync(profile, 'streams: 5000\n');
  const { code, stdout } = await claimsHere({
    from: reference('cost', 'herd'),
    claims: 'S4',
    profile,
    name: 'profiled',
  });
  expect(code).toBe(0);
  const text = page(place.runFolder('profiled'));
  expect(text).toContain('## What this says for the profile');
  expect(text).toMatch(
    /^\| 5000 streams at a time \| S4: memory of an idle connection: .* for WebSocket; measured with up to 2000 connections, not 5000 +\|$/m,
  );
  expect(text).toMatch(
    /^\| 5000 streams at a time \| S2c: most attempts within 100 ms: holds here/m,
  );
  expect(stdout).toMatch(/^need .* what it says for this profile$/m);
});

describe('claims that are measured', () => {
  // The runs of W3: two of one scenario, which no suite of `run` could have.
  const w3 = { claims: 'W3', preset: 'smoke', seed: '7' } as const;

  it('shares one folder, says which run of how many, and can be continued', async () => {
    const { code, stdout, stderr } = await claimsHere({ ...w3, name: 'w' });
    expect(code).toBe(0);
    const folder = place.runFolder('w');
    expect(loadSuite(folder)).toMatchObject({
      command: 'streamduel claims --preset smoke --claims W3 --seed 7',
      parts: [
        { scenario: 'stream', folder: 'stream' },
        { scenario: 'stream', folder: 'stream-openai' },
      ],
      claims: { ids: ['W3'], leftOut: [] },
    });
    expect(stderr).toMatch(/^run stream \(1 of 2\), about .* left in all$/m);
    expect(stderr).toMatch(/^run stream-openai \(2 of 2\), about .* left in all$/m);
    expect(loadRun(join(folder, 'stream-openai')).header.plan).toMatchObject({
      payload: 'openai',
      seed: 7,
    });
    // A smoke test supports no verdict, and so no claim.
    expect(stdout).toMatch(/^W3 .* open /m);
    expect(page(folder)).toContain('no verdict, this plan is too short to support a verdict');

    const path = join(folder, 'stream', 'run.ndjson');
    const [header] = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, `${header}\n`);
    const continued = await claimsHere({ continue: folder });
    expect(continued.code).toBe(0);
    expect(loadRun(join(folder, 'stream')).trials.length).toBe(4);
    expect(page(folder)).not.toContain('INCOMPLETE');
  });

  it('Ctrl-C leaves the page of what there is, and says how to go on', async () => {
    const press = pressingCtrlC();
    const measure = makeUp((made) => {
      press();
      return made;
    });
    const { code, error } = await claimsHere({ ...w3, name: 'stopped', measure, quiet: true });
    const folder = place.runFolder('stopped');
    expect([code, error?.hint]).toEqual([
      130,
      expect.stringMatching(/go on with: streamduel claims --continue \S*-stopped$/),
    ]);
    expect(page(folder)).toContain('1 of 4, INCOMPLETE');
  });

  it('exits with 1 where a trial failed', async () => {
    const measure = failWith(new BenchError('CHILD_DIED', 'gone'), ({ trial }) => trial === 0);
    const { code } = await claimsHere({ ...w3, name: 'failed', measure, quiet: true });
    expect(code).toBe(1);
  });
});

it('a dry run lists each run once, with the claims that it serves, and makes nothing', async () => {
  const out = join(place.path, 'nothing');
  const { code, stdout } = await claimsHere({ claims: 'S1,S2c,W3,W4', dryRun: true, out });
  expect([code, existsSync(out)]).toEqual([0, false]);
  expect(stdout).toMatch(/^ {2}herd +\d+ trials of herd, about .*; for S2c, W4$/m);
  expect(stdout).toMatch(/^ {2}stream-openai .*; for W3$/m);
  expect(stdout).toContain('S1: counted code, without a run');
  expect(stdout).toMatch(/^about .* in all, and a pilot of a few short trials$/m);
});

it('preset quick ends within 45 minutes by its plan', async () => {
  const { runs } = await planClaims(claims, { preset: 'quick', seed: '1' });
  const seconds = runs.map(({ prepared }) => estimateRunS(prepared));
  expect(seconds.reduce((sum, one) => sum + one, 0)).toBeLessThan(45 * 60);
});

it.skipIf(isUntested('claims between network namespaces', whyNoNamespaces()))(
  'leaves out a run whose client cannot take the path, with its reason',
  async () => {
    const { code, stdout } = await claimsHere({
      claims: 'W3,D1',
      path: 'netns',
      preset: 'smoke',
      dryRun: true,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}stream +4 trials of stream via netns, /m);
    expect(stdout).toMatch(/^left out: page: --path netns: expected direct with --client browser/m);
  },
);

it('passes the path to the runs that take it, and to no other', async () => {
  const { stdout } = await claimsHere({
    claims: 'W3,S2c',
    path: 'relay',
    preset: 'smoke',
    name: 'relayed',
    quiet: true,
    measure: makeUp(),
  });
  expect(stdout).not.toBe('');
  const folder = place.runFolder('relayed');
  const pathsOf = (part: string) =>
    new Set(loadRun(join(folder, part)).header.plan.arms.map(({ path }) => path));
  expect([...pathsOf('stream')]).toEqual(['relay']);
});

describe('a usage error says what and what instead', () => {
  const folder = mkdtempSync(join(place.path, 'empty-'));
  it.each([
    [['--claims', 'S3,S9'], '--claims S3,S9: there is no claim "S9"', 'known: S1, S2a'],
    [['--claims', 's3'], '--claims s3: there is no claim "s3"', 'known: '],
    [['--claims', 'S3,S3'], '--claims S3,S3', 'S3 is there twice'],
    [
      ['--claims', 'S1'],
      'S1 needs no run: its code is counted already',
      '--claims S1 --from FOLDER',
    ],
    [['--preset', 'slow'], '--preset slow: there is no preset "slow"', 'known: smoke'],
    [['--target', 'x=http://127.0.0.1:1/', '--claims', 'S4'], '--target x=', 'takes it'],
    [['--path', 'relay', '--claims', 'W5'], '--path relay: no run of W5 takes it', 'stream'],
    [['--profile', 'p.yaml'], '--profile p.yaml needs --from', 'measure first'],
    [
      ['--from', ...reference('herd'), '--profile', join(folder, 'p.yaml')],
      'p.yaml: cannot be read',
      'known: clients',
    ],
    [['--from', folder], folder, 'run.ndjson'],
    [['--from', join(folder, 'gone')], 'gone cannot be read', 'name folders'],
    [['--from', projectPath('README.md')], 'names no folder of a run', 'name folders'],
    [['--from', folder, '--preset', 'quick'], '--preset cannot be given with --from', 'saved'],
    [['--continue', folder, '--claims', 'S4'], '--claims cannot be given with --continue', ''],
    [['--continue', folder], 'suite.json', ''],
    [
      ['--continue', projectPath('reports/reference/cost')],
      'not begun by streamduel claims',
      'run --continue',
    ],
  ])('%j', async (words, what, instead) => {
    const { code, stdout, stderr } = await runMain('claims', ...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(what);
    expect(stderr).toContain(instead);
  });
});
