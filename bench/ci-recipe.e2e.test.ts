// Runs the commands of the workflow in docs/ci.yml as GitHub's runner does: each step a script of
// its own, which ends at the first command that fails.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { independentRun, type IndependentOptions } from './analysis/across/across-fixture.ts';
import { factorOn } from './analysis/analysis-fixture.ts';
import { cli } from './cli-fixture.ts';
import { projectPath } from './contract/program.ts';
import { appendTrial, createRunFolder } from './trial/run-folder.ts';

const workflowSchema = z.object({
  on: z.object({ pull_request: z.null(), push: z.object({ branches: z.array(z.string()) }) }),
  jobs: z.record(
    z.string(),
    z.object({
      'runs-on': z.string(),
      'timeout-minutes': z.int().positive(),
      steps: z.array(
        z.union([
          z.strictObject({
            name: z.string().optional(),
            if: z.string().optional(),
            uses: z.string().regex(/^[\w-]+\/[\w/-]+@v\d+$/),
            with: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
          }),
          z.strictObject({ name: z.string(), if: z.string().optional(), run: z.string() }),
        ]),
      ),
    }),
  ),
});

const workflow = workflowSchema.parse(parse(readFileSync(projectPath('docs/ci.yml'), 'utf8')));
const steps = workflow.jobs['smoke']!.steps;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ci-'));
  // `npx streamduel` is this program.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'bin/npx'),
    `#!/bin/sh\nshift\nexec "${process.execPath}" "${cli}" "$@"\n`,
    { mode: 0o755 },
  );
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Exit code of a step, and what the job's summary has by then. */
function runStep(name: string): { readonly code: number | null; readonly summary: string } {
  const step = steps.find((one) => one.name === name);
  if (step === undefined || !('run' in step)) throw new Error(`no step "${name}" with commands`);
  const summary = join(folder, 'summary.md');
  const { status } = spawnSync('bash', ['-e', '-c', step.run], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
      GITHUB_STEP_SUMMARY: summary,
      NO_COLOR: '1',
    },
  });
  return { code: status, summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '' };
}

function save(path: string, options: IndependentOptions): void {
  const { header, trials } = independentRun(options);
  createRunFolder(join(folder, path), header);
  for (const trial of trials) appendTrial(join(folder, path), trial);
}

it('a first run is measured, reported, and becomes the last one', () => {
  expect(runStep('measure').code).toBe(0);
  const { code, summary } = runStep('compare');
  expect(code).toBe(0);
  expect(summary).toContain('# SSE or WebSocket for streaming LLM tokens? (ci)');
  expect(runStep('test results').code).toBe(0);
  expect(readFileSync(join(folder, 'streamduel/junit.xml'), 'utf8')).toContain('<testsuite name=');
  expect(existsSync(join(folder, 'streamduel/new/run/report.html'))).toBe(true);
  expect(runStep('becomes the last run').code).toBe(0);
  expect(existsSync(join(folder, 'streamduel/last/run.ndjson'))).toBe(true);
});

it('a worsening that is shown fails the step, and the summary says which', () => {
  save('streamduel/last', {});
  save('streamduel/new/run', { occasion: 3, factor: factorOn('serverCpu', 'ws', 1.4) });
  const { code, summary } = runStep('compare');
  expect(code).toBe(1);
  expect(summary).toMatch(/\| cpu\.server\.token .*\*\*FAILED/);
});

it('two runs of the same pass, whatever they differ by without showing it', () => {
  save('streamduel/last', {});
  save('streamduel/new/run', { occasion: 2 });
  const { code, summary } = runStep('compare');
  expect(code).toBe(0);
  expect(summary).toContain('0 failed');
});
