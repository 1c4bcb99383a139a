// Colours and dashes of the arms, with their legend: a chart with a line for each arm encodes them
// so.

import { armTitle, type Arm } from '../../contract/arms/arms.ts';
import { strokeLegend } from './long-titles.ts';
import { armColour, armDash } from './theme.ts';

interface LegendOptions {
  readonly orient: 'top' | 'bottom';
  /** Width that the legend may have. */
  readonly width: number;
  /** Set where the marks themselves are translucent. */
  readonly symbolOpacity?: 1;
}

/** Encodes the field `arm`, which holds titles of arms. */
export function armChannels(arms: readonly Arm[], { width, ...options }: LegendOptions) {
  const domain = arms.map((arm) => armTitle(arm));
  const channel = {
    field: 'arm',
    type: 'nominal',
    legend: { ...options, ...strokeLegend(domain, width) },
  };
  return {
    color: { ...channel, scale: { domain, range: arms.map(armColour) } },
    strokeDash: { ...channel, scale: { domain, range: arms.map(armDash) } },
  };
}
