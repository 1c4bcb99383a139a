import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serversRun } from '../scenarios/own-servers/fixture.ts';
import { renderStacks } from './quote-readme.ts';

const folder = 'reports/reference/stacks';
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quote-stacks-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('a run that is not kept is said to be missing, with what makes it', () => {
  expect(renderStacks(folder, root)).toContain(
    'streamduel run --target servers/examples/targets.yaml',
  );
});

it('a kept run is quoted with a line a server, where its verdicts turn, and the command', () => {
  const { header, trials } = serversRun([
    { name: 'spring', cpuBy: 0.7, readsBy: 1.5 },
    { name: 'go', cpuBy: 1.4 },
  ]);
  mkdirSync(join(root, folder), { recursive: true });
  const lines = [header, ...trials].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(join(root, folder, 'run.ndjson'), lines.join(''));
  const text = renderStacks(folder, root);
  expect(text).toContain(`[The run](${folder}/report.md)`);
  expect(text).toMatch(/Server CPU per token\*\* turns round: WebSocket better in spring/);
  expect(text).toMatch(/^\| spring +\|.*: WebSocket better +\|$/m);
  expect(text).toMatch(/^\| go +\|.*: SSE after POST better +\|$/m);
  expect(text).toMatch(/^\| go +\| SSE after POST \/ WebSocket +\|.* µs \/ .* µs .*KiB/m);
  expect(text).toContain('Repeated by `streamduel run own-servers');
});
