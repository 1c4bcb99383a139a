import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { independentRun } from '../analysis/across/across-fixture.ts';
import { appendTrial, createRunFolder } from '../trial/run-folder.ts';
import { joinCommand, type JoinFlags } from './join.ts';
import { keptOutput } from './kept-output-fixture.ts';

let parent: string;

beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'streamduel-join-'));
  for (const occasion of [1, 2, 3]) {
    const { header, trials } = independentRun({ occasion, seed: occasion });
    const folder = join(parent, String(occasion));
    createRunFolder(folder, header);
    for (const trial of trials) appendTrial(folder, trial);
  }
});

afterAll(() => rmSync(parent, { recursive: true }));

async function joined(flags: JoinFlags): Promise<string> {
  const { output, stdout } = keptOutput();
  const folders = ['1', '2', '3'].map((name) => join(parent, name));
  expect(await joinCommand(folders, flags, output)).toBe(0);
  return stdout();
}

it('prints Markdown, or JSON with the same verdicts', async () => {
  expect(await joined({})).toMatch(/^# SSE or WebSocket\? 3 occasions$/m);
  expect(JSON.parse(await joined({ format: 'json' }))).toMatchObject({
    schema: 1,
    kind: 'joined-runs',
    main: { runs: [{}, {}, {}] },
  });
});

it('is one page, with a chart of the occasions and the words that its tables use', async () => {
  const page = await joined({ format: 'html' });
  expect(page).toMatch(/^<!doctype html>/);
  expect(page).toContain('<title>Effects over the occasions</title>');
  expect(page).toContain('<dt id="word-endpoint">');
  for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
});

it('knows no other format', async () => {
  await expect(joined({ format: 'csv' })).rejects.toThrow('there is no format "csv"');
});
