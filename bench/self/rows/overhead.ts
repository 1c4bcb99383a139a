// Reports the overhead of a trial beyond its measurement, from all trials that the other rows ran.

import { median } from '../../analysis/statistics/moments.ts';
import { overheadsS } from '../self-trial.ts';
import type { Row } from './row.ts';

const LIMIT_S = 1.5;

/** Empty when no trial was run. */
export function overheadRows(): readonly Row[] {
  if (overheadsS.length === 0) return [];
  const note = `${overheadsS.length} trials, longest ${Math.max(...overheadsS).toFixed(2)} s`;
  return [
    {
      what: 'orchestration overhead of a trial, median',
      value: median(overheadsS),
      limit: { atMost: LIMIT_S },
      unit: 's',
      note,
    },
  ];
}
