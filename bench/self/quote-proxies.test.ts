import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cellsRun } from '../scenarios/proxies/fixture.ts';
import { renderProxyCells } from './quote-readme.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quote-proxies-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('a run that is not kept is said to be missing, with what makes it', () => {
  expect(renderProxyCells('reports/reference/proxies', root)).toContain('streamduel run proxies');
});

it('a kept run is quoted with its verdicts, both tables and the command', () => {
  const { header, trials } = cellsRun();
  const folder = 'reports/reference/proxies';
  mkdirSync(join(root, folder), { recursive: true });
  const lines = [header, ...trials].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(join(root, folder, 'run.ndjson'), lines.join(''));
  const text = renderProxyCells(folder, root);
  expect(text).toContain(`[The run](${folder}/report.md)`);
  expect(text).toContain('**WebSocket**: as documented, it passes HAProxy and is refused by nginx');
  expect(text).toMatch(/^\| ws@nginx +\| +\*\*no\*\*/m);
  expect(text).toMatch(/^\| sse@haproxy +\|.*\*\*all 32.9 MiB\*\*.*\*\*gives up\*\*/m);
  expect(text).toContain('Repeated by `streamduel run proxies --seed 1`.');
});
