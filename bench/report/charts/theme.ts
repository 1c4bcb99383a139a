// The look of the charts. An SVG in a page cannot know its background, so it is transparent, the
// colours of data suit both, and the colours of text and lines switch with the reader's colour
// scheme.

import type { Analysis } from '../../analysis/analysis.ts';
import { armName, isCopy, type Arm } from '../../contract/arms/arms.ts';
import { DEFAULT_PATH } from '../../contract/arms/paths.ts';
import { DEFAULT_CLIENT } from '../../contract/arms/stacks.ts';
import { transports } from '../../contract/arms/transports.ts';

export const ink = { text: '#1f2328', muted: '#59636e', line: '#d1d9e0', zone: '#8c959f' } as const;

/** Colours of `ink` on a dark page; `zone` is drawn translucent and suits both. */
export const darkInk: Readonly<Record<string, string>> = {
  [ink.text]: '#e6edf3',
  [ink.muted]: '#9da7b1',
  [ink.line]: '#3d444d',
};

export const FONT = 'system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif';

export function armColour(arm: Arm): string {
  return transports[arm.transport].colour;
}

/** The colour of an arm by its name; that of text for an arm of another run. */
export function armColourOf({ plan }: Pick<Analysis, 'plan'>, name: string): string {
  const arm = plan.arms.find((candidate) => armName(candidate) === name);
  return arm === undefined ? ink.text : armColour(arm);
}

/** Arms of one transport share its colour and differ by their dashes. */
export function armDash(arm: Arm): readonly number[] {
  if (isCopy(arm)) return [1, 3];
  if (arm.label !== undefined) return [8, 3, 2, 3];
  if (arm.writes !== undefined) return [2, 4];
  if (arm.path !== DEFAULT_PATH) return [4, 4];
  if (arm.client !== DEFAULT_CLIENT) return [6, 3];
  if (arm.streamsPerConnection !== undefined) return sharedDash(arm.streamsPerConnection);
  return transports[arm.transport].isNullArm ? [2, 2] : [1, 0];
}

/** The more streams share a connection, the shorter. */
function sharedDash(streamsPerConnection: number): readonly number[] {
  if (streamsPerConnection === 1) return [1, 0];
  return streamsPerConnection < 20 ? [10, 2] : [5, 2];
}

/** Replaces presentation attributes, which any rule of a style sheet outranks (SVG 2, §6.6). */
export const styleSheet =
  '@media (prefers-color-scheme: dark){' +
  Object.entries(darkInk)
    .map(([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`)
    .join('') +
  '}';

export const chartConfig = {
  // The whole chart is one image with one description; marks of their own would only be noise to a
  // screen reader.
  aria: false,
  background: 'transparent',
  font: FONT,
  padding: 12,
  view: { stroke: null },
  title: {
    anchor: 'start',
    color: ink.text,
    fontSize: 14,
    fontWeight: 600,
    subtitleColor: ink.muted,
    subtitleFontSize: 12,
    offset: 12,
  },
  axis: {
    domainColor: ink.line,
    gridColor: ink.line,
    tickColor: ink.line,
    labelColor: ink.muted,
    labelFontSize: 12,
    titleColor: ink.muted,
    titleFontSize: 12,
    titleFontWeight: 400,
    titlePadding: 8,
  },
  axisX: { grid: false },
  axisY: { domain: false, ticks: false },
  legend: {
    labelColor: ink.text,
    labelFontSize: 12,
    labelLimit: 0,
    titleLimit: 0,
    titleColor: ink.muted,
    titleFontSize: 12,
    titleFontWeight: 400,
  },
} as const;
