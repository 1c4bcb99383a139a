// The command line in this process: everything that ends before a trial.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runMain } from './cli-fixture.ts';
import { projectPath } from './contract/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'main-'));

afterAll(() => rmSync(folder, { recursive: true }));

describe('a usage error says what and what instead', () => {
  it.each([
    [['run', '--speed', 'fast'], 'unknown option', '--speed'],
    [['run', '--conections', '5'], 'unknown option', 'Did you mean --connections?'],
    [['run', 'storm'], 'there is no scenario "storm"', 'known: stream'],
    [['run', 'memory', 'storm'], 'there is no scenario "storm"', 'known: stream'],
    [['run', 'memory', 'memory'], 'each scenario once', 'memory is there twice'],
    [['run', '--transports', 'sse,quic'], '--transports sse,quic: there is no transport "quic"', 'known: sse, ws, tcp'],
    [['run', '--transports', 'sse/firefox'], '--transports sse/firefox: there is no client stack "firefox"', 'known: probe'],
    [['run', '--client', 'curl'], '--client curl: there is no client stack "curl"', 'known: probe'],
    [['run', '--preset', 'slow'], '--preset slow: there is no preset "slow"', 'known: smoke, quick, standard, publication'],
    [['run', '--preset', 'standart'], '--preset standart: there is no preset', 'did you mean standard?'],
    [['run', '--workload', 'nothing'], '--workload nothing: there is no workload "nothing"', 'known: steady'],
    [['run', '--payload', 'xml'], '--payload xml: there is no payload "xml"', 'known: lean, openai'],
    [['run', '--connections', '0'], '--connections 0', 'a whole number from 1'],
    [['run', '--rate', '0'], '--rate 0', 'a number above 0'],
    [['run', '--duration', '10'], '--duration 10', 'with its unit'],
    [['run', '--warmup', '1ms'], '--warmup 1ms', 'between 500ms and 1h'],
    [['run', '--backpressure', '1'], '--backpressure 1', 'a size with its unit'],
    [['run', '--seed', 'x'], '--seed x', 'a whole number from 0'],
    [['run', '--loads', '10'], '--loads 10', 'percentages from 1% to 100%'],
    [['run', '--loads', '10%', '--connections', '5'], '--loads 10%', 'it without --connections'],
    [['run', '--max-time', '5m'], '--max-time 5m', 'together with --precision'],
    [['run', '--fail-if', 'speed > 3'], '--fail-if speed > 3: there is no metric "speed"', 'known: '],
    [['run', '--fail-if', 'delivery.p99 > 3'], 'a limit of delivery.p99', 'in ns, us'],
    [['run', '--name', '../up'], '--name ../up', 'letters'],
    [['run', '--port', '70000'], '--port 70000', '65535'],
    [['run', 'reconnect', '--faults', 'kill', '--port', '8080'], '--port 8080', 'several trials run side by side'],
    [['run', 'reconnect', '--faults', 'flood'], '--faults flood: there is no fault "flood"', 'known: graceful-close'],
    [['run', '--policy', 'both'], '--policy both: scenario stream does not take it', 'scenarios that take it: reconnect, herd'],
    [['run', 'herd', '--tokens', '5'], '--tokens 5: scenario herd does not take it', 'scenarios that take it: stream'],
    [['run', 'burst', '--slo', 'rate > 5'], '--slo rate > 5: scenario burst does not take it', 'scenarios that take it: capacity'],
    [['run', 'memory', '--canary'], '--canary: scenario memory does not take it: its connections would be counted', 'stream'],
    [
      ['run', 'memory', 'capacity', '--connections', '5'],
      '--connections 5: it means something else',
      'streamduel run memory --connections 5',
    ],
    [['run', 'memory', 'capacity', '--faults', 'kill'], '--faults kill: none of memory, capacity takes it', 'reconnect'],
    [['run', '--continue', folder, '--rate', '5'], '--rate cannot be changed by --continue', folder],
    [['run', '--continue', 'nowhere'], 'nowhere/run.ndjson', 'name a folder'],
    [['report', 'nowhere'], 'nowhere/run.ndjson', 'name a folder'],
    [['report', 'nowhere', '--format', 'pdf'], 'there is no format "pdf"', 'known: '],
    [['report'], 'missing required argument', 'dir'],
    [['compare', 'nowhere'], 'nowhere/run.ndjson', 'name a folder'],
    [['compare', 'a', 'b', '--fail-if-worse', 'delivery.p99:5'], '--fail-if-worse delivery.p99:5', 'with its unit'],
    [['selftest', 'everything'], 'there is no selftest experiment "everything"', 'known: '],
    [['serve', '--port', '-1'], '--port -1', 'a whole number from 0'],
    [['list', 'everything'], 'there is no list "everything"', 'known: scenarios'],
    [['walk'], 'unknown command', 'walk'],
  ])('%j', async (words, what, instead) => {
    const { code, stdout, stderr } = await runMain(...words);
    expect(stderr).toContain(what);
    expect(stderr).toContain(instead);
    expect(stderr).not.toContain('    at ');
    expect([code, stdout]).toEqual([2, '']);
  });
});

it('a run folder of a newer schema is refused with its place and the schema that this version reads', async () => {
  const lines = readFileSync(projectPath('reports/reference/standard/run.ndjson'), 'utf8').split('\n');
  writeFileSync(join(folder, 'run.ndjson'), `${JSON.stringify({ ...(JSON.parse(lines[0]!) as object), schema: 99 })}\n`);
  for (const words of [
    ['report', folder],
    ['compare', folder],
    ['join', folder],
    ['run', '--continue', folder],
  ]) {
    const { code, stderr } = await runMain(...words);
    expect(code).toBe(2);
    expect(stderr).toContain(`${folder}/run.ndjson:1: schema version 99; this streamduel reads version 1`);
  }
  rmSync(join(folder, 'run.ndjson'));
});

describe('help', () => {
  it('of run shows its groups, and of a scenario its question', async () => {
    expect((await runMain('run', '--help')).stdout).toContain('Length and precision:');
    expect((await runMain('help', 'run')).stdout).toContain('Length and precision:');
    for (const words of [
      ['run', 'herd', '--help'],
      ['run', '--help', 'herd'],
      ['run', 'herd', '-h'],
    ]) {
      const { code, stdout } = await runMain(...words);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: streamduel run herd \[flags\]\n\nWhen a server/)]);
    }
  });

  it('lists the commands, and list what there is', async () => {
    const { code, stdout } = await runMain('--help');
    expect(code).toBe(0);
    for (const name of ['run', 'compare', 'join', 'report', 'serve', 'selftest', 'list']) expect(stdout).toContain(`  ${name} `);
    const all = await runMain('list');
    for (const name of ['stream', 'sse', 'probe', 'steady', 'openai', 'quick', 'delivery.p99']) expect(all.stdout).toContain(`  ${name} `);
  });
});
