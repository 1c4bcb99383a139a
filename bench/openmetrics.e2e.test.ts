// Reads the OpenMetrics text of the reference runs with the parser of Prometheus' own client
// library, which refuses what the standard forbids.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptOutput } from './commands/kept-output-fixture.ts';
import { reportCommand } from './commands/report.ts';
import { projectPath } from './contract/program.ts';
import { isUntested, whyNoProgram } from './missing-fixture.ts';

/** Debian's, which has the packages of the system. */
const PYTHON = '/usr/bin/python3';
const READ = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = text_string_to_metric_families(sys.stdin.read())
print(json.dumps({family.name: [family.type, family.unit, len(family.samples)] for family in families}))
`;

const missing = whyNoProgram(PYTHON, 'apt-get install python3-prometheus-client', [
  '-c',
  'import prometheus_client',
]);

describe.skipIf(isUntested('OpenMetrics exports', missing))('OpenMetrics of a saved run', () => {
  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'openmetrics-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(['standard', 'cost'])('%s is what a Prometheus client reads', async (name) => {
    const copy = join(folder, name);
    cpSync(projectPath(`reports/reference/${name}`), copy, { recursive: true });
    const { output, stdout } = keptOutput();
    await reportCommand(copy, { format: 'openmetrics' }, output);
    const read = spawnSync(PYTHON, ['-c', READ], { input: stdout(), encoding: 'utf8' });
    expect(read.stderr).toBe('');
    const families = JSON.parse(read.stdout) as Record<string, unknown[]>;
    expect(families['streamduel_run']?.[0]).toBe('info');
    expect(families['streamduel_load_point_believed']?.[0]).toBe('gauge');
    expect(families['streamduel_trials']?.[2]).toBe(name === 'cost' ? 4 : 2);
  });
});
