// The command line in this process: everything that ends before a trial.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runMain } from './cli-fixture.ts';
import { projectPath } from './contract/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'main-'));
const config = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

afterAll(() => rmSync(folder, { recursive: true }));

describe('a usage error says what and what instead', () => {
  it.each([
    [['run', '--speed', 'fast'], 'unknown option', '--speed'],
    [['run', '--conections', '5'], 'unknown option', 'Did you mean --connections?'],
    [['run', 'storm'], 'there is no scenario "storm"', 'known: stream'],
    [['run', 'memory', 'storm'], 'there is no scenario "storm"', 'known: stream'],
    [['run', 'memory', 'memory'], 'each scenario once', 'memory is there twice'],
    [
      ['run', '--transports', 'sse,quic'],
      '--transports sse,quic: there is no transport "quic"',
      'known: sse, ws, tcp',
    ],
    [
      ['run', '--transports', 'sse/firefox'],
      '--transports sse/firefox: there is no client stack "firefox"',
      'known: probe',
    ],
    [['run', '--client', 'curl'], '--client curl: there is no client stack "curl"', 'known: probe'],
    [
      ['run', '--preset', 'slow'],
      '--preset slow: there is no preset "slow"',
      'known: smoke, quick, standard, publication',
    ],
    [
      ['run', '--preset', 'standart'],
      '--preset standart: there is no preset',
      'did you mean standard?',
    ],
    [
      ['run', '--workload', 'nothing'],
      '--workload nothing: there is no workload "nothing"',
      'known: steady',
    ],
    [
      ['run', '--payload', 'xml'],
      '--payload xml: there is no payload "xml"',
      'known: lean, openai, openai-responses, anthropic',
    ],
    [['run', '--connections', '0'], '--connections 0', 'a whole number from 1'],
    [['run', '--rate', '0'], '--rate 0', 'a number above 0'],
    [['run', '--duration', '10'], '--duration 10', 'with its unit'],
    [['run', '--warmup', '1ms'], '--warmup 1ms', 'between 500ms and 1h'],
    [['run', '--backpressure', '1'], '--backpressure 1', 'a size with its unit'],
    [['run', '--seed', 'x'], '--seed x', 'a whole number from 0'],
    [['run', '--loads', '10'], '--loads 10', 'percentages from 1% to 100%'],
    [['run', '--loads', '10%', '--connections', '5'], '--loads 10%', 'it without --connections'],
    [['run', '--max-time', '5m'], '--max-time 5m', 'together with --precision'],
    [
      ['run', '--fail-if', 'speed > 3'],
      '--fail-if speed > 3: there is no metric "speed"',
      'known: ',
    ],
    [['run', '--fail-if', 'delivery.p99 > 3'], 'a limit of delivery.p99', 'in ns, us'],
    [['run', '--name', '../up', '--dry-run'], '--name ../up', 'letters'],
    [['run', '--port', '70000'], '--port 70000', '65535'],
    [
      ['run', 'reconnect', '--faults', 'kill', '--port', '8080'],
      '--port 8080',
      'several trials run side by side',
    ],
    [
      ['run', 'reconnect', '--faults', 'flood'],
      '--faults flood: there is no fault "flood"',
      'known: graceful-close',
    ],
    [
      ['run', '--policy', 'both'],
      '--policy both: scenario stream does not take it',
      'scenarios that take it: reconnect, herd',
    ],
    [
      ['run', 'herd', '--tokens', '5'],
      '--tokens 5: scenario herd does not take it',
      'scenarios that take it: stream',
    ],
    [
      ['run', 'burst', '--slo', 'rate > 5'],
      '--slo rate > 5: scenario burst does not take it',
      'scenarios that take it: capacity',
    ],
    [
      ['run', 'memory', '--canary'],
      '--canary: scenario memory does not take it: its connections would be counted',
      'stream',
    ],
    [
      ['run', 'memory', 'capacity', '--connections', '5'],
      '--connections 5: it means something else',
      'streamduel run memory --connections 5',
    ],
    [
      ['run', 'memory', 'capacity', '--faults', 'kill'],
      '--faults kill: none of memory, capacity takes it',
      'reconnect',
    ],
    [
      ['run', '--continue', folder, '--rate', '5'],
      '--rate cannot be changed by --continue',
      folder,
    ],
    [
      ['run', '--continue', folder, '--config', 'x.yaml'],
      '--config cannot be changed by --continue',
      folder,
    ],
    [['run', '--continue', 'nowhere'], 'nowhere/run.ndjson', 'name a folder'],
    [['report', 'nowhere'], 'nowhere/run.ndjson', 'name a folder'],
    [['report', 'nowhere', '--format', 'pdf'], 'there is no format "pdf"', 'known: '],
    [['report'], 'missing required argument', 'dir'],
    [['compare', 'nowhere'], 'nowhere/run.ndjson', 'name a folder'],
    [
      ['compare', 'a', 'b', '--fail-if-worse', 'delivery.p99:5'],
      '--fail-if-worse delivery.p99:5',
      'with its unit',
    ],
    [['selftest', 'everything'], 'there is no selftest experiment "everything"', 'known: '],
    [['serve', '--port', '-1'], '--port -1', 'a whole number from 0'],
    [['list', 'everything'], 'there is no list "everything"', 'known: scenarios'],
    [['init', 'servers'], 'there is no template "servers"', 'known: config, target'],
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
  const lines = readFileSync(projectPath('reports/reference/standard/run.ndjson'), 'utf8').split(
    '\n',
  );
  writeFileSync(
    join(folder, 'run.ndjson'),
    `${JSON.stringify({ ...(JSON.parse(lines[0]!) as object), schema: 99 })}\n`,
  );
  for (const words of [
    ['report', folder],
    ['compare', folder],
    ['join', folder],
    ['run', '--continue', folder],
  ]) {
    const { code, stderr } = await runMain(...words);
    expect(code).toBe(2);
    expect(stderr).toContain(
      `${folder}/run.ndjson:1: schema version 99; this streamduel reads version 1`,
    );
  }
  rmSync(join(folder, 'run.ndjson'));
});

describe('--config', () => {
  it.each([
    ['conections: 5', '1:1: unknown key "conections": did you mean connections?'],
    ['scenario: stream\nconnections: 0', '2:14: --connections 0: expected a whole number from 1'],
    ['transports: sse,quic', '1:13: --transports sse,quic: there is no transport "quic"'],
    ['scenario: burst\n\nfaults: kill', '3:9: --faults kill: scenario burst does not take it'],
    ['workload: nothing', '1:11: --workload nothing: there is no workload "nothing"'],
    ['port: 70000', '1:7: --port 70000: expected a whole number from 0 to 65535'],
    ['fail-if: speed > 3', '1:10: --fail-if speed > 3: there is no metric "speed"'],
  ])('of %j is a usage error at its line and column', async (text, message) => {
    const path = config('wrong.yaml', text);
    const { code, stderr } = await runMain('run', '--config', path);
    expect(stderr).toContain(`error: ${path}:${message}`);
    expect(code).toBe(2);
  });

  it('gives flags and scenarios, and those of the command line win', async () => {
    const path = config(
      'right.yaml',
      'scenario: burst\nblocks: 5\nseed: 3\npin: false\nconnections: [20, 30]\n',
    );
    const { code, stdout } = await runMain('run', '--config', path, '--blocks', '2', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('scenario burst, preset quick');
    expect(stdout).toContain('--connections 20,30');
    expect(stdout).toContain('--blocks 2 ');
    expect(stdout).toContain('--no-pin --seed 3');
    expect((await runMain('run', 'connect', '--config', path, '--dry-run')).stdout).toContain(
      'scenario connect, preset quick',
    );
  });

  it('of the documentation is accepted', async () => {
    const [, example = ''] =
      /^```yaml\n([\s\S]*?)^```$/m.exec(readFileSync(projectPath('docs/usage.md'), 'utf8')) ?? [];
    const { code, stdout } = await runMain(
      'run',
      '--config',
      config('documented.yaml', example),
      '--dry-run',
    );
    expect(code).toBe(0);
    expect(stdout).toContain(
      "streamduel run memory capacity --preset standard --transports sse,ws --slo 'attainment.20ms >= 99%'",
    );
  });

  it('of a missing file is refused with the flag', async () => {
    const { code, stderr } = await runMain('run', '--config', join(folder, 'none.yaml'));
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining(`--config ${folder}/none.yaml: cannot be read`),
    ]);
  });
});

describe('--dry-run', () => {
  it('says what a run would measure, with its pilot, and how to repeat it', async () => {
    const { code, stdout, stderr } = await runMain(
      'run',
      '--dry-run',
      '--seed',
      '7',
      '--no-pin',
      '--name',
      'before',
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('sse (baseline), ws');
    expect(stdout).toContain('10 %, 50 % of what the weaker arm carries, which a pilot');
    expect(stdout).toContain('36: 9 blocks, 4 trials each');
    expect(stdout).toContain('reports/<time>-before');
    expect(stdout).toContain(
      'streamduel run stream --preset quick --transports sse,ws --client probe --loads 10%,50% --workload steady',
    );
  });

  it('of a suite says it of every scenario', async () => {
    const { code, stdout } = await runMain(
      'run',
      'memory',
      'burst',
      '--dry-run',
      '--preset',
      'smoke',
      '--seed',
      '7',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('scenario memory, preset smoke');
    expect(stdout).toContain('scenario burst, preset smoke');
    expect(stdout).toContain('streamduel run memory burst --preset smoke --seed 7');
  });
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
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/^Usage: streamduel run herd \[flags\]\n\nWhen a server/),
      ]);
    }
  });

  it('lists the commands, and list what there is', async () => {
    const { code, stdout } = await runMain('--help');
    expect(code).toBe(0);
    for (const name of [
      'run',
      'compare',
      'join',
      'report',
      'serve',
      'selftest',
      'list',
      'doctor',
      'init',
    ])
      expect(stdout).toContain(`  ${name} `);
    const all = await runMain('list');
    for (const name of ['stream', 'sse', 'probe', 'steady', 'openai', 'quick', 'delivery.p99'])
      expect(all.stdout).toContain(`  ${name} `);
  });

  it('ends with the template of a configuration where it is asked for', async () => {
    expect((await runMain('init', 'config')).stdout).toContain('# connections: 100,1000');
  });
});
