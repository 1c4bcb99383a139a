// Plots the phases between a fault and the moment at which tokens flow as before: one panel per
// fault, one bar per arm. Faults last between milliseconds and a minute, so each panel has its own
// axis.

import { moments, type FaultAnalysis, type FaultedArm, type Moment } from '../findings.ts';
import { loadPointKey } from '../../../contract/load-point.ts';
import { left, right, table, type Table } from '../../../report/blocks.ts';
import { formatPercent, formatValue } from '../../../report/format.ts';
import {
  faultGroups,
  isHerd,
  rowTitle,
  type FaultGroup,
  type RecoveryContext,
} from '../report/recovery-context.ts';
import { armTitleOf } from '../../../report/report-context.ts';
import { slug, type ChartPlan, type ChartSpec } from '../../../report/charts/chart.ts';
import { CHARACTER_WIDTH } from '../../../report/charts/long-titles.ts';
import { toldChannel, toldMark } from '../../../report/charts/hover.ts';
import { ink } from '../../../report/charts/theme.ts';
import { linearTicks, unitLabels } from '../../../report/charts/ticks.ts';

/** Prefix of file names: the report shows these charts where it explains the clock. */
export const CLOCK_CHART = 'reconnect-clock-';

/** State of a client until it reaches the moment. */
const phases: Record<Moment, string> = {
  detect: 'not noticed',
  attempt: 'waiting to retry',
  open: 'trying to connect',
  resumed: 'awaiting a token',
  caughtUp: 'catching up',
};

/** They differ in lightness too, and none is the colour of an arm. */
const phaseColours: Record<Moment, string> = {
  detect: '#b5446e',
  attempt: '#d8a300',
  open: '#7a6fd0',
  resumed: '#1b9e9e',
  caughtUp: '#74b86b',
};

/** One chart for each policy and load; none for a herd, whose one fault has a curve instead. */
export function planReconnectClocks(context: RecoveryContext): readonly ChartPlan[] {
  if (isHerd(context)) return [];
  const groups = faultGroups(context);
  return groups.flatMap((group) => {
    const shown = group.faults.filter(({ arms }) => arms.length > 0);
    if (shown.length === 0) return [];
    const title = `From the fault until streams go on, ${group.title}`;
    return [
      {
        file: `${CLOCK_CHART}${slug(loadPointKey(group.loadPoint))}.svg`,
        title,
        alt: `Time since the fault, in phases, one panel for each fault and one bar for each arm. First unseen token: ${altWords(context, { ...group, faults: shown })}.`,
        spec: specOf(context, shown, title),
        values: valuesOf(context, shown),
      },
    ];
  });
}

function valuesOf(context: RecoveryContext, shown: readonly FaultAnalysis[]): Table {
  return table(
    [left('fault'), left('arm'), left('phase'), right('from'), right('to')],
    shown.flatMap((fault) =>
      fault.arms.flatMap((arm) =>
        segmentsOf(arm, armTitleOf(context.analysis, arm.arm)).map((segment) => [
          rowTitle(context, fault),
          segment.arm,
          segment.phase,
          formatValue(segment.from, 'ns'),
          formatValue(segment.to, 'ns'),
        ]),
      ),
    ),
  );
}

function altWords(context: RecoveryContext, { faults }: FaultGroup): string {
  return faults
    .map((fault) => {
      const arms = fault.arms.map(
        (arm) => `${armTitleOf(context.analysis, arm.arm)} ${endWords(arm)}`,
      );
      return `${rowTitle(context, fault)}: ${arms.join(', ')}`;
    })
    .join('; ');
}

function specOf(
  context: RecoveryContext,
  shown: readonly FaultAnalysis[],
  title: string,
): ChartSpec {
  return {
    title: {
      text: title,
      subtitle: [
        'median over trials of the median client; the number is the time to the first unseen token,',
        'of all clients or of a share of them; shaded, up to the dashed line: the cause lasts',
      ],
      offset: 16,
    },
    columns: 2,
    // Labels would otherwise push the columns apart by as much as Vega believes they need.
    bounds: 'flush',
    spacing: { row: 62, column: labelRoom(context, shown) },
    concat: shown.map((fault) => panel(context, fault)),
    resolve: { scale: { x: 'independent', y: 'shared', color: 'shared' } },
  };
}

/** Longer titles of arms are cut. */
const MOST_LABEL_CHARACTERS = 24;
/**
 * Character width of common fonts at the size of labels; Vega, which does the cutting, assumes
 * more.
 */
const TYPICAL_CHARACTER_WIDTH = 6.5;
const GAP = 30;

/** Space between two panels, for the titles of the right one's arms. */
function labelRoom({ analysis }: RecoveryContext, shown: readonly FaultAnalysis[]): number {
  const lengths = shown.flatMap(({ arms }) =>
    arms.map(({ arm }) => armTitleOf(analysis, arm).length),
  );
  return GAP + TYPICAL_CHARACTER_WIDTH * Math.min(MOST_LABEL_CHARACTERS, Math.max(...lengths));
}

const PANEL_WIDTH = 300;
const BAR_HEIGHT = 14;
/** Space right of the longest bar for the number behind it, as a share of the bar. */
const LABEL_ROOM = 0.36;

interface Segment {
  readonly tip: string;
  readonly arm: string;
  readonly phase: string;
  readonly from: number;
  readonly to: number;
}

function panel(context: RecoveryContext, fault: FaultAnalysis): ChartSpec {
  const titles = fault.arms.map(({ arm }) => armTitleOf(context.analysis, arm));
  const segments = fault.arms.flatMap((arm, index) => segmentsOf(arm, titles[index] ?? arm.arm));
  const outageNs = Math.max(0, ...fault.arms.map((arm) => arm.outageNs ?? 0));
  const longestNs = Math.max(outageNs, ...segments.map(({ to }) => to)) || 1;
  const ends = fault.arms.map((arm, index) => ({
    arm: titles[index],
    at: Math.max(0, ...segmentsOf(arm, '').map(({ to }) => to)),
    words: endWords(arm),
  }));
  const ticks = segments.length === 0 && outageNs === 0 ? [0] : linearTicks(0, longestNs, 4);
  const x = {
    field: 'from',
    type: 'quantitative',
    title: null,
    scale: { domain: [0, longestNs * (1 + LABEL_ROOM)], nice: false, zero: true },
    axis: { values: ticks, labelExpr: unitLabels(ticks, 'ns'), grid: true, labelFlush: false },
  };
  const y = {
    field: 'arm',
    type: 'nominal',
    title: null,
    sort: titles,
    axis: {
      labelLimit: MOST_LABEL_CHARACTERS * CHARACTER_WIDTH,
      labelPadding: 6,
      labelColor: ink.text,
    },
  };
  return {
    title: { text: rowTitle(context, fault), fontSize: 12, frame: 'group', offset: 8 },
    width: PANEL_WIDTH,
    height: { step: BAR_HEIGHT + 9 },
    layer: [
      {
        data: { values: outageNs > 0 ? [{ from: 0, to: outageNs }] : [] },
        mark: { type: 'rect', color: ink.zone, opacity: 0.25 },
        encoding: { x, x2: { field: 'to' } },
      },
      {
        data: { values: segments },
        mark: { type: 'bar', height: BAR_HEIGHT, ...toldMark },
        encoding: { x, x2: { field: 'to' }, y, color: colour, ...toldChannel },
      },
      {
        data: { values: outageNs > 0 ? [{ from: outageNs }] : [] },
        mark: { type: 'rule', color: ink.text, strokeDash: [3, 2], strokeWidth: 1.5 },
        encoding: { x },
      },
      {
        data: { values: ends },
        mark: { type: 'text', align: 'left', dx: 6, color: ink.text, fontSize: 11 },
        encoding: { x: { ...x, field: 'at' }, y, text: { field: 'words' } },
      },
    ],
  };
}

const colour = {
  field: 'phase',
  type: 'nominal',
  scale: {
    domain: moments.map((moment) => phases[moment]),
    range: moments.map((moment) => phaseColours[moment]),
  },
  legend: { title: null, orient: 'top', symbolType: 'square' },
};

/**
 * Segments from one known moment to the next; a moment before an earlier one, since each is a
 * median by itself, has no length.
 */
function segmentsOf({ moments: reached }: FaultedArm, arm: string): readonly Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (const moment of moments) {
    const to = reached[moment]?.p50Ns;
    if (to === undefined || to <= from) continue;
    const phase = phases[moment === 'resumed' && reached.detect === undefined ? 'detect' : moment];
    const tip = `${arm}, ${phase}: ${formatValue(from, 'ns')} to ${formatValue(to, 'ns')}`;
    segments.push({ tip, arm, phase, from, to });
    from = to;
  }
  return segments;
}

function endWords({ moments: { resumed }, clients }: FaultedArm): string {
  if (resumed === undefined) return clients.noticed === 0 ? 'not interrupted' : 'never back';
  return (
    formatValue(resumed.p50Ns, 'ns') +
    (resumed.clients < clients.all ? ` for ${formatPercent(resumed.clients / clients.all, 2)}` : '')
  );
}
