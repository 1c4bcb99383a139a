// The package as `npm pack` makes it, in a folder that has its dependencies and nothing else of
// this repository.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadRun } from './analysis/load-run.ts';
import { projectPath } from './contract/program.ts';

interface PackageJson {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

const packageJson = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as PackageJson;
const folder = mkdtempSync(join(tmpdir(), 'streamduel-package-'));
const program = join(folder, 'node_modules/streamduel/dist/bench/streamduel.js');
let files: readonly string[];

function run(command: string, words: readonly string[], cwd: string) {
  const { status, stdout, stderr, error } = spawnSync(command, words, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** @throws an error with the command's output if it fails */
function must(command: string, words: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = run(command, words, cwd);
  if (status !== 0) throw new Error(`${command} ${words.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

const streamduel = (...words: readonly string[]) =>
  run(process.execPath, [program, ...words], folder);

beforeAll(() => {
  must('npm', ['pack', '--json', '--pack-destination', folder], projectPath('.'));
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  files = must('tar', ['tzf', archive], folder).trim().split('\n');
  mkdirSync(join(folder, 'node_modules/streamduel'), { recursive: true });
  must('tar', ['xzf', archive, '--strip-components=1', '-C', 'node_modules/streamduel'], folder);
  // devDependencies are absent, as in an installation.
  for (const name of Object.keys(packageJson.dependencies)) {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(projectPath(join('node_modules', name)), path);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the packed program', () => {
  it('has what it needs and no tests, fixtures or runs', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'package/dist/bench/workloads/tokens.json',
        'package/dist/servers/demo/page/index.html',
      ]),
    );
    expect(files).toContain('package/dist/servers/main.js');
    expect(files.filter((file) => /\.test\.|fixture|golden|reports\/|\.ts$/.test(file))).toEqual(
      [],
    );
  });

  it('says its version and what it can do', () => {
    expect(streamduel('--version')).toMatchObject({
      status: 0,
      stdout: `${packageJson.version}\n`,
    });
    expect(streamduel('list', 'scenarios').stdout).toMatch(/^ {2}stream /m);
  });

  it('measures, and renders the run again', () => {
    const ended = streamduel(
      'run',
      '--preset',
      'smoke',
      '--blocks',
      '1',
      '--warmup',
      '500ms',
      '--duration',
      '500ms',
      '--name',
      'packed',
    );
    expect(`${ended.stdout}${ended.stderr}`).toMatch(/^report: reports\/\S+-packed\/report\.md$/m);
    const name = readdirSync(join(folder, 'reports')).find((one) => one.endsWith('-packed')) ?? '';
    const { header, trials } = loadRun(join(folder, 'reports', name));
    expect(trials.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
    // The repository and the lockfile around an installation belong to another project.
    expect([header.environment.gitCommit, header.environment.lockfileSha256]).toEqual([
      undefined,
      undefined,
    ]);
    expect(header.environment.packages['ws']).toMatch(/^8\./);
    expect(streamduel('report', join('reports', name), '--format', 'md').stdout).toContain(
      '# SSE or WebSocket',
    );
  });

  it('probes an endpoint', () => {
    const { status, stdout } = streamduel('probe', 'http://127.0.0.1:1/');
    expect(status).toBe(1);
    expect(stdout).toContain('refused: no connection to 127.0.0.1:1');
  });

  it('says which Node it needs, on one that is too old to load it', () => {
    const old = `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`;
    const { status, stdout, stderr } = run(
      process.execPath,
      ['--import', old, program, 'list', 'scenarios'],
      folder,
    );
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('needs Node 24 or later');
  });
});
