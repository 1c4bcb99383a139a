// Measures the CPU cost of the pacer alone, and whether it ever sends a token early or not at all.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../../analysis/statistics/moments.ts';
import { NS_PER_US } from '../../contract/units.ts';
import type { RowGroup } from './row.ts';

const pacerCost = fileURLToPath(new URL('../pacer-cost.ts', import.meta.url));
const LIMIT_US = 1.5;

interface PacerRun {
  readonly expected: number;
  readonly sent: number;
  readonly early: number;
  readonly perTokenNs: number;
}

export const pacer: RowGroup = {
  name: 'pacer',
  measure: async (rounds) => {
    const runs = Array.from(
      { length: rounds },
      () =>
        JSON.parse(execFileSync(process.execPath, [pacerCost], { encoding: 'utf8' })) as PacerRun,
    );
    const note = '2000 × 20 tokens/s for 5 s';
    const worst = (of: (run: PacerRun) => number): number => Math.max(...runs.map(of));
    const costUs = median(runs.map(({ perTokenNs }) => perTokenNs / NS_PER_US));
    return [
      {
        what: 'pacer CPU per token, without a write',
        value: costUs,
        limit: { atMost: LIMIT_US },
        unit: 'µs',
        note,
      },
      {
        what: 'pacer tokens early',
        value: worst(({ early }) => early),
        limit: { atMost: 0 },
        unit: '',
        note,
      },
      {
        what: 'pacer tokens not sent',
        value: worst(({ expected, sent }) => expected - sent),
        limit: { atMost: 0 },
        unit: '',
        note,
      },
    ];
  },
};
