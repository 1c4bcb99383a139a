// Runs on servers that are not this project's: started afresh from a target file, or running
// already; with known effects put in, and with secrets that must not come out.

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServerFixture } from './scenarios/own-servers/server-fixture.ts';

const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
const fixture = fileURLToPath(new URL('scenarios/own-servers/server-fixture.ts', import.meta.url));
/** In a target file: the server is this project's fixture. */
const start = `start: { command: [${process.execPath}, ${fixture}], ready: /healthz }`;
const SECRET = 'sk-very-secret-4711';

let folder = '';
let server: Awaited<ReturnType<typeof startServerFixture>>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'target-'));
  server = await startServerFixture();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly folder: string;
}

async function run(name: string, ...flags: readonly string[]): Promise<Ended> {
  const out = join(folder, name);
  const words = [cli, 'run', ...flags, '--out', out, '--quiet'];
  const env = { ...process.env, API_KEY: SECRET };
  const ended = await new Promise<Omit<Ended, 'folder'>>((resolve) => {
    execFile(process.execPath, words, { env }, (error, stdout, stderr) =>
      resolve({
        code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
        stdout,
        stderr,
      }),
    );
  });
  const [made = ''] = ended.code === 2 ? [] : readdirSync(out);
  return { ...ended, folder: join(out, made) };
}

const read = (ended: Ended, file: string): string => readFileSync(join(ended.folder, file), 'utf8');

interface Trials {
  readonly arm: { readonly target: string };
  readonly target: {
    readonly streams: number;
    readonly whole: number;
    readonly outputTokens: number;
  };
}

/** @throws With its reason, for a trial that failed. */
function trialsOf(ended: Ended): readonly (Trials & Record<string, never>)[] {
  const trials = read(ended, 'run.ndjson')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => JSON.parse(line));
  for (const { failure } of trials) if (failure !== undefined) throw new Error(failure.message);
  return trials;
}

it('servers of a target file are started afresh, read in their dialects, and metered', async () => {
  const file = join(folder, 'targets.yaml');
  writeFileSync(
    file,
    `targets:
  - { name: chat, url: "http://127.0.0.1:\${PORT}/v1/chat/completions?n=20", ${start} }
  - { name: socket, url: "ws://127.0.0.1:\${PORT}/v1/responses?n=20", dialect: responses, ${start} }
prompts: [one, two]
`,
  );
  const ended = await run('file', '--target', file, '--preset', 'smoke', '--seed', '7');
  expect(ended.stderr).toBe('');
  // A busy machine misses gates, which the exit code says.
  expect([0, 1]).toContain(ended.code);
  const trials = trialsOf(ended);
  expect(trials.map(({ arm }) => arm.target).toSorted()).toEqual([
    'chat',
    'chat',
    'socket',
    'socket',
  ]);
  for (const { target } of trials) {
    expect(target.streams).toBeGreaterThan(0);
    expect(target.whole).toBe(target.streams);
    expect(target.outputTokens).toBe(20 * target.whole);
    expect(target).toMatchObject({ server: { processes: 1 }, startsDropped: 0, causes: [] });
  }
  const ports = new Set(trials.map((trial) => trial['serverPort']));
  expect(ports.size).toBeGreaterThan(1);
  const report = read(ended, 'report.md');
  expect(report).toContain('was started afresh for each trial');
  expect(report).toMatch(/In all \d+ blocks the arms brought the same texts/);
});

it('a server stands behind the path of its target, in its own process, and the report says so', async () => {
  const file = join(folder, 'paths.yaml');
  const url = '"http://127.0.0.1:${PORT}/v1/chat/completions?n=20"';
  writeFileSync(
    file,
    `targets:
  - { name: bare, url: ${url}, ${start} }
  - { name: behind, url: ${url}, path: fastify-http-proxy-fixed, ${start} }
`,
  );
  const ended = await run('paths', '--target', file, '--preset', 'smoke', '--seed', '7');
  expect(ended.stderr).toBe('');
  const trials = trialsOf(ended);
  expect(trials).toHaveLength(4);
  for (const { target: tally } of trials) {
    expect(tally.whole).toBe(tally.streams);
    expect(tally.outputTokens).toBe(20 * tally.whole);
  }
  const report = read(ended, 'report.md');
  expect(report).toContain('behind (via fastify-http-proxy-fixed)');
  expect(report).toContain('undici: { bodyTimeout: 0 },');
});

it('streams that break are failures with their cause, and never a success', async () => {
  const url = `http://127.0.0.1:${server.port}/v1/chat/completions`;
  const ended = await run(
    'cut',
    '--target',
    `whole=${url}`,
    '--target',
    `cut=${url}?fault=cut`,
    '--preset',
    'smoke',
  );
  expect(ended.code).toBe(1);
  const of = (name: string) => trialsOf(ended).filter(({ arm }) => arm.target === name);
  for (const { target } of of('whole')) expect(target.whole).toBe(target.streams);
  for (const { target } of of('cut'))
    expect(target).toMatchObject({ whole: 0, causes: [{ cause: 'cut' }] });
  expect(ended.stdout).toContain('0 of');
});

it('a secret comes out nowhere, also when the server echoes it', async () => {
  const ended = await run(
    'secret',
    '--target',
    `mine=http://127.0.0.1:${server.port}/v1/chat/completions?fault=unauthorised`,
    '--header',
    'Authorization: Bearer ${API_KEY}',
    '--preset',
    'smoke',
  );
  const files = readdirSync(ended.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  const all = [ended.stdout, ended.stderr, ...files].join('\n');
  expect(all).not.toContain(SECRET);
  expect(all).not.toContain('\u001B[31m');
  expect(all).toContain('unauthorised');
  expect(trialsOf(ended)[0]?.target).toMatchObject({
    whole: 0,
    causes: [{ cause: 'unauthorised' }],
  });
});

it('a server that does not start fails its trial with its own last words', async () => {
  const file = join(folder, 'broken.yaml');
  writeFileSync(
    file,
    `targets:
  - name: broken
    url: http://127.0.0.1:\${PORT}/
    start: { command: [${process.execPath}, -e, "console.error('no database'); process.exit(3)"] }
`,
  );
  const ended = await run('broken', '--target', file, '--preset', 'smoke');
  expect(ended.code).toBe(1);
  expect(read(ended, 'run.ndjson')).toMatch(
    /target broken: its server ended with exit code 3.*no database/,
  );
});

it.each([
  [
    ['--target', 'a=http://127.0.0.1/', '--transports', 'sse'],
    /--transports sse: scenario own-servers does not take it: its arms are its targets/,
  ],
  [['own-servers'], /needs --target/],
  [['stream', '--target', 'a=http://127.0.0.1/'], /--target .*scenario stream does not take it/],
  [['--target', 'a=http://127.0.0.1/', '--header', 'Cookie: a=b'], /holds a secret/],
])('refuses %j before anything starts', async (flags, message) => {
  const ended = await run('refused', ...flags);
  expect(ended.code).toBe(2);
  expect(ended.stderr).toMatch(message);
});
