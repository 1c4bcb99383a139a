import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seededDraw } from '../../contract/random.ts';
import { resolveWorkload } from '../../plan/workloads.ts';
import { fitTrace } from './fit-trace.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streamduel-fit-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

test('a made-up trace of Poisson arrivals and even lengths is found again, as a definition that run takes', async () => {
  const draw = seededDraw(9);
  let atMs = 0;
  const lines = Array.from({ length: 600 }, () => {
    atMs += -Math.log(1 - draw()) * 100;
    return JSON.stringify({
      timestamp: atMs,
      input_length: 5,
      output_length: 10 + Math.floor(draw() * 91),
    });
  });
  const { definition, fit } = (await fitTrace(write('made-up.jsonl', lines))) as {
    definition: { arrivals: { phases: { meanGapMs: number }[] }; tokensPerStream: number };
    fit: { rows: number; lengthDistance: number };
  };
  expect(definition.arrivals.phases).toHaveLength(1);
  expect(definition.arrivals.phases[0]?.meanGapMs).toBeGreaterThan(87);
  expect(definition.arrivals.phases[0]?.meanGapMs).toBeLessThan(113);
  expect(definition.tokensPerStream).toBeGreaterThan(51);
  expect(definition.tokensPerStream).toBeLessThan(59);
  expect(fit).toMatchObject({ rows: 600 });
  expect(fit.lengthDistance).toBeLessThan(0.05);
  const path = write('mine.json', [JSON.stringify(definition)]);
  expect((await resolveWorkload(path)).workload).toMatchObject({
    name: 'made-up',
    arrivals: definition.arrivals,
  });
});

test('a trace whose clock is coarser than its gaps is refused', async () => {
  const lines = Array.from({ length: 600 }, (_, row) =>
    JSON.stringify({ timestamp: 3000 * Math.floor(row / 10), input_length: 5, output_length: 5 }),
  );
  await expect(fitTrace(write('coarse.jsonl', lines))).rejects.toThrow(
    '540 of 600 rows have the time of the row before them: its clock is too coarse',
  );
});

test('a trace that is too short is refused', async () => {
  const path = write('short.jsonl', ['{"timestamp":0,"input_length":5,"output_length":5}']);
  await expect(fitTrace(path)).rejects.toThrow('has 1 rows; a fit takes 500');
});
