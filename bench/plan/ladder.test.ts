import { expect, it } from 'vitest';
import type { Plan } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { buildPlan } from './build-plan.ts';
import { repeatCommand } from '../flags/repeat.ts';

const surroundings = { randomSeed: () => 1, canPin: false };

async function plan(flags: RunFlags): Promise<Plan> {
  return (await buildPlan(['memory'], { seed: '7', ...flags }, surroundings)).plan;
}

it('the connections are the rungs of one ladder, and down it stops on every second one and at 0', async () => {
  const { loadPoints, ladder } = await plan({
    connections: '100,200,400,800,1600',
    duration: '2s',
  });
  expect(loadPoints).toEqual([{ connections: 1600, span: 'ladder' }]);
  expect(ladder).toMatchObject({
    rungs: [100, 200, 400, 800, 1600],
    downRungs: [400, 100, 0],
    streamNs: 2e9,
  });
});

it('every preset has ladders enough for an interval, each of at least four rungs where there are verdicts', async () => {
  for (const preset of ['quick', 'standard', 'publication']) {
    const { blocks, ladder, verdicts } = await plan({ preset });
    expect(verdicts).toBe(true);
    expect(blocks).toBeGreaterThanOrEqual(9);
    expect(ladder!.rungs.length).toBeGreaterThanOrEqual(4);
  }
});

it.each([
  [
    { connections: '500' },
    '--connections 500: expected at least 3 rungs of a ladder, rising, such as 250,500,1000',
  ],
  [{ connections: '500,1000' }, '--connections 500,1000: expected at least 3 rungs'],
  [
    { connections: '500,1500,1000' },
    '--connections 500,1500,1000: expected at least 3 rungs of a ladder, rising',
  ],
  [
    { rate: '2' },
    '--rate 2: expected at least 5 tokens of each stream on a rung: with 1 s of streaming (--duration) at least 5',
  ],
  [
    { duration: '500ms' },
    '--rate 5: expected at least 5 tokens of each stream on a rung: with 0.5 s of streaming (--duration) at least 10',
  ],
  [{ warmup: '1s' }, '--warmup 1s: scenario memory does not take it: it sets this itself'],
  [{ tokens: '100' }, '--tokens 100: scenario memory does not take it: it sets this itself'],
])('%j is refused, and the message says what to do', async (flags, message) => {
  await expect(plan(flags)).rejects.toThrow(message);
});

it.each<RunFlags>([
  {},
  {
    preset: 'standard',
    connections: '300,600,900',
    rate: '8',
    duration: '1500ms',
    transports: 'ws,tcp',
    blocks: '10',
  },
  { aa: true, client: 'library', transports: 'sse', payload: 'openai' },
  { precision: 'memory.retained:5%', maxTime: '60s' },
])('the command of a run with %j plans the same', async (flags) => {
  const built = await plan(flags);
  const words = repeatCommand(built, {}).split(' ').slice(3);
  const again: Record<string, string | boolean> = {};
  for (const [index, word] of words.entries()) {
    if (!word.startsWith('--')) continue;
    const name = word.slice(2).replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const value = words[index + 1];
    if (name.startsWith('no')) again[name.slice(2, 3).toLowerCase() + name.slice(3)] = false;
    else again[name] = value === undefined || value.startsWith('--') ? true : value;
  }
  expect(await plan(again)).toEqual(built);
});
