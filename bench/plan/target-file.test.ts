import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BenchError } from '../contract/errors.ts';
import { parseTargetFile, renderTargetSchema, TARGET_SCHEMA_PATH } from './target-file.ts';
import { renderTargetTemplate } from './target-template.ts';
import { armsOfTargets, endpointsOfTargets, readTargets } from './targets.ts';

const steady = { startsPerSecond: 10 };

const messageOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof BenchError) return error.message;
    throw error;
  }
  return 'nothing was thrown';
};

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'targets-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

it('the template is a target file', () => {
  const { targets, prompts } = parseTargetFile('targets.yaml', renderTargetTemplate());
  expect(targets.map(({ name, dialect, start }) => [name, dialect, start?.command])).toEqual([
    ['sse', 'openai-chat', ['node', 'server.mjs']],
    ['ws', 'responses', ['node', 'server.mjs']],
  ]);
  expect(targets[0]?.start).toMatchObject({
    readyPath: '/healthz',
    environment: { PORT: '${PORT}' },
  });
  expect(prompts).toHaveLength(1);
});

it.each([
  [
    'targets:\n  - name: a\n    url: http://x/\n    dialekt: auto\n',
    'f.yaml:4:14: unknown key "dialekt"',
  ],
  ['targets:\n  - name: a\n    url: http://x/\n    dialect: openai\n', /^f\.yaml:4:14: dialect: /],
  ['targets: []\n', /^f\.yaml:1:10: targets: /],
  ['targets:\n  - url: http://x/\n', /^f\.yaml:2:5: name: /],
  ['targets:\n  - name: a\n   url: http://x/\n', /^f\.yaml:3:\d+: /],
  [
    'targets:\n  - name: a\n    url: http://x/\n    start: { command: x, ready-timeout: soon }\n',
    /^f\.yaml:4:\d+: ready-timeout soon: expected a duration/,
  ],
  [
    'targets:\n  - name: a\n    url: http://x/\n    path: nginx\n',
    /^f\.yaml:4:11: path: it leads to a server that the run starts/,
  ],
  [
    'targets:\n  - name: a\n    url: wss://x/\n    path: nginx\n    start: { command: x }\n',
    /^f\.yaml:4:11: path: nginx passes on plain HTTP\/1\.1 alone here, and the URL begins with wss:/,
  ],
  ['targets:\n  - name: a\n    url: http://x/\n    path: netns\n', /^f\.yaml:4:11: path: /],
])('names the line and what is wrong in %j', (text, message) => {
  expect(messageOf(() => parseTargetFile('f.yaml', text))).toMatch(message);
});

it('the published schema is the one that is read', () => {
  expect(readFileSync(TARGET_SCHEMA_PATH, 'utf8')).toBe(renderTargetSchema());
});

it('NAME=URL becomes an arm with the usual request of the dialect whose path it ends in', () => {
  const plan = readTargets(
    { target: ['mine=http://127.0.0.1:8000/v1/chat/completions'], model: 'tiny' },
    steady,
  );
  const [mine] = plan.targets;
  expect(mine).toMatchObject({
    name: 'mine',
    dialect: 'auto',
    method: 'POST',
    transport: 'sse-post',
  });
  expect(JSON.parse(mine?.body ?? '')).toMatchObject({ model: 'tiny', stream: true });
  expect(mine?.body).toContain('${PROMPT}');
  expect(armsOfTargets(plan, { aa: true })).toMatchObject([
    { target: 'mine' },
    { target: 'mine', label: 'copy' },
  ]);
});

it('a plain URL is asked by GET, a WebSocket by its messages', () => {
  const { targets } = readTargets(
    { target: ['a=http://127.0.0.1/stream', 'b=ws://127.0.0.1/ws'], message: ['go'] },
    steady,
  );
  expect(targets).toMatchObject([
    { method: 'GET', transport: 'sse' },
    { transport: 'ws', messages: ['go'] },
  ]);
  expect(targets[0]).not.toHaveProperty('body');
});

it.each([
  [{ target: ['a=ftp://x/'] }, /^--target a=ftp:\/\/x\/: expected a URL/],
  [{ target: ['a b=http://x/'] }, /name has up to 32 letters/],
  [{ target: ['a=http://x/', 'a=http://y/'] }, /two targets named a/],
  [{ target: ['nothing.yaml'] }, /^--target nothing\.yaml: cannot be read/],
  [{ target: ['a=http://x/'], header: ['no colon'] }, /^--header no colon: expected 'Name: value'/],
  [{ target: ['a=http://x/'], dialect: 'openai' }, /^--dialect openai: /],
  [{ target: ['a=http://x/'], prompts: 'nowhere.txt' }, /^--prompts nowhere\.txt: /],
  [{ target: ['a=http://x/'], data: '@nowhere' }, /^--data @nowhere: cannot be read/],
  [{ target: ['a=http://u:secret@x/'] }, /the URL holds a password/],
  [
    { target: ['a=http://x/'], header: ['Authorization: Bearer sk-1'] },
    /header authorization holds a secret/,
  ],
  [
    { target: ['a=http://x/'], header: ['X-Api-Key: ${NOT_SET_ANYWHERE}'] },
    /has no variable NOT_SET_ANYWHERE/,
  ],
  [{}, /needs --target/],
])('refuses %j by name', (flags, message) => {
  expect(messageOf(() => readTargets(flags, steady))).toMatch(message);
});

it('headers of a file win over those of flags, and its prompts are drawn from', () => {
  const path = join(folder, 'targets.yaml');
  writeFileSync(
    path,
    'targets:\n  - { name: a, url: "http://x/", headers: { Accept: text/plain } }\nprompts: [one, two]\n',
  );
  const plan = readTargets({ target: [path], header: ['Accept: text/html', 'X-Own: 1'] }, steady);
  expect(plan.targets[0]?.headers).toEqual([
    ['accept', 'text/plain'],
    ['x-own', '1'],
  ]);
  expect(plan.prompts).toEqual(['one', 'two']);
});

it('CPU is an endpoint where all servers are started, the p99 of gaps in long windows', () => {
  const shared = readTargets({ target: ['a=http://x/'] }, steady);
  expect(endpointsOfTargets(shared, 2e9)).toEqual(['P1', 'P2', 'P3']);
  const path = join(folder, 'targets.yaml');
  writeFileSync(path, 'targets:\n  - { name: a, url: "http://x/", start: { command: run } }\n');
  expect(endpointsOfTargets(readTargets({ target: [path] }, steady), 6e9)).toEqual([
    'P1',
    'P2',
    'P3',
    'P4',
    'P5',
  ]);
});
