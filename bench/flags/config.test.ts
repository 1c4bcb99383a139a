import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BenchError } from '../contract/errors.ts';
import { usageError } from '../plan/quantities.ts';
import { parseConfig, readConfig } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));

afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string) => parseConfig('bench.yaml', text);

it('keys are the names of flags, and a value keeps its text', () => {
  const { scenarios, flags } = read(
    [
      'scenario: [memory, capacity]',
      'connections: 100,1000 # rungs',
      'rate: 12.50',
      'client-processes: 2',
      'duration: 10s',
      'aa: true',
      'pin: false',
      'fail-if: delivery.p99 > 50ms',
      'slo:',
      '  - attainment.20ms >= 99%',
      '  - "open.p50 < 20ms"',
    ].join('\n'),
  );
  expect(scenarios).toEqual(['memory', 'capacity']);
  expect(flags).toEqual({
    connections: '100,1000',
    rate: '12.50',
    clientProcesses: '2',
    duration: '10s',
    aa: true,
    pin: false,
    failIf: ['delivery.p99 > 50ms'],
    slo: ['attainment.20ms >= 99%', 'open.p50 < 20ms'],
  });
});

it('JSON is read too, with a list for a list and a schema for editors', () => {
  const { scenarios, flags } = read(
    '{\n\t"$schema": "./config-schema.json",\n\t"scenario": "burst",\n\t"connections": [100, 1000],\n\t"loads": ["10%"]\n}',
  );
  expect(scenarios).toEqual(['burst']);
  expect(flags).toEqual({ connections: '100,1000', loads: '10%' });
});

it('a value may be used again by its anchor', () => {
  expect(read('warmup: &time 2s\nduration: *time').flags).toEqual({ warmup: '2s', duration: '2s' });
});

describe('an error says where it is and what would be right', () => {
  it.each([
    [
      'rate: 50\nconections: 100',
      'bench.yaml:2:1: unknown key "conections": did you mean connections?',
    ],
    [
      'clientProcesses: 2',
      'bench.yaml:1:1: unknown key "clientProcesses": did you mean client-processes?',
    ],
    ['quux: 1', 'bench.yaml:1:1: unknown key "quux": it is no flag of run'],
    ['no-pin: true', 'bench.yaml:1:1: unknown key "no-pin": write pin: false'],
    [
      'continue: reports/x',
      'bench.yaml:1:1: unknown key "continue": it is for the command line alone',
    ],
    ['rate: fast', 'bench.yaml:1:7: rate fast: expected a number, such as 50'],
    ['blocks: 2.5', 'bench.yaml:1:9: blocks 2.5: expected a whole number, such as 12'],
    ['rate: true', 'bench.yaml:1:7: rate true: expected a number, such as 50'],
    [
      '# times\nduration:   10',
      'bench.yaml:2:13: duration 10: expected a duration with its unit, such as 250ms, 10s or 2m',
    ],
    [
      'backpressure: 1MB/s',
      'bench.yaml:1:15: backpressure 1MB/s: expected a size with its unit, such as 64KiB or 1MiB',
    ],
    ['pin: sometimes', 'bench.yaml:1:6: pin sometimes: expected true or false'],
    ['preset: standart', 'bench.yaml:1:9: preset standart: did you mean standard?'],
    ['faults: [kill, rest]', 'bench.yaml:1:9: faults rest: did you mean reset?'],
    ['scenario: [memory, strem]', 'bench.yaml:1:20: scenario strem: did you mean stream?'],
    ['rate:', 'bench.yaml:1:6: rate has no value: expected a number, such as 50'],
    ['rate: {a: 1}', 'bench.yaml:1:7: rate: expected a number, such as 50, not a mapping'],
    ['rate: [1, 2]', 'bench.yaml:1:7: rate: expected a number, such as 50, not a list'],
    [
      'rate: 50\nblocks: 3\nrate: 60',
      'bench.yaml:3:1: rate is there twice; the first is in line 1',
    ],
    [
      '- rate',
      'bench.yaml:1:1: expected names of flags with their values, such as connections: 100',
    ],
    ['', 'bench.yaml:1:1: expected names of flags with their values, such as connections: 100'],
    ['rate: 1\n---\nrate: 2', 'bench.yaml:2:1: expected one document'],
    ['rate: [1', 'bench.yaml:1:9: '],
  ])('%j: %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(BenchError);
  });

  it('a name that is near to none is refused with those that there are', () => {
    expect(() => read('payload: xml')).toThrow(
      expect.objectContaining({
        message: 'bench.yaml:1:10: payload xml: unknown name',
        hint: 'known: lean, openai, openai-responses, anthropic, audio, blob-16k, blob-1m',
      }) as Error,
    );
  });

  it('a file that cannot be read is named with its flag', () => {
    const path = join(folder, 'missing.yaml');
    expect(() => readConfig(path)).toThrow(`--config ${path}: cannot be read: ENOENT`);
    writeFileSync(path, 'rate: 5');
    expect(readConfig(path).flags).toEqual({ rate: '5' });
  });
});

describe('an error of planning', () => {
  const { locate } = read('blocks: 3\nconnections: 0\nworkload: mine.json');
  const refused = usageError('--connections', '0', 'a whole number from 1 to 1000000');

  it('about a flag of the file gets its place', () => {
    expect(locate(refused, {})).toMatchObject({
      code: 'USAGE',
      message: `bench.yaml:2:14: ${refused.message}`,
    });
    expect(
      locate(new BenchError('WORKLOAD', 'mine.json is not a workload definition'), {}),
    ).toMatchObject({
      code: 'WORKLOAD',
      message: 'bench.yaml:3:11: mine.json is not a workload definition',
    });
  });

  it('about a flag of the command line, or about none, is left as it is', () => {
    expect(locate(refused, { connections: '0' })).toBe(refused);
    const other = usageError('--rate', '0', 'a number above 0');
    expect(locate(other, {})).toBe(other);
    expect(locate('text', {})).toBe('text');
  });
});
