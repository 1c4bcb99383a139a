// Plots how a herd recovers: the share of clients that have tokens again, and the attempts that it
// took. One column per policy, because differences between policies come from their settings and
// not from the transport.

import type { FaultAnalysis, FaultedArm } from '../findings.ts';
import { armName } from '../../../contract/arms/arms.ts';
import { loadPointTitle } from '../../../contract/load-point.ts';
import { NS_PER_MS } from '../../../contract/units.ts';
import { left, right, table, type Table } from '../../../report/blocks.ts';
import { formatCount, formatPercent, formatSetting } from '../../../report/format.ts';
import { isHerd, type RecoveryContext } from '../report/recovery-context.ts';
import { armTitleOf } from '../../../report/report-context.ts';
import { armChannels } from '../../../report/charts/arm-channels.ts';
import type { ChartPlan, ChartSpec } from '../../../report/charts/chart.ts';
import { hoverPoints } from '../../../report/charts/hover.ts';
import { ink } from '../../../report/charts/theme.ts';
import {
  labelLookup,
  linearTicks,
  ticksFromZero,
  unitLabels,
} from '../../../report/charts/ticks.ts';

/** Prefix of file names. */
export const HERD_CHART = 'herd-recovery-';

/** One chart for each load; none for a run that is no herd. */
export function planHerdRecoveries(context: RecoveryContext): readonly ChartPlan[] {
  if (!isHerd(context)) return [];
  const measured = context.analysis.recovery.faults.filter(({ arms }) =>
    arms.some(({ curve }) => curve.resumedShare.length > 0),
  );
  return [...Map.groupBy(measured, ({ loadPoint }) => loadPoint.connections)].map(
    ([connections, members]) => {
      const title = `How the herd comes back, ${loadPointTitle({ connections })}`;
      return {
        file: `${HERD_CHART}${connections}.svg`,
        title,
        alt: `Share of clients that have tokens again, and attempts to connect, against the time since the server was killed, one column for each policy. ${members.map((one) => altWords(context, one)).join(' ')}`,
        spec: specOf(context, members, title),
        values: valuesOf(context, members),
      };
    },
  );
}

function valuesOf({ analysis }: RecoveryContext, members: readonly FaultAnalysis[]): Table {
  const rows = members.flatMap(({ loadPoint, arms }) =>
    arms.flatMap(({ arm, curve }) =>
      curve.resumedShare.map((share, bin) => [
        loadPoint.policy ?? 'identical',
        armTitleOf(analysis, arm),
        formatSetting((bin + 1) * curve.binNs, 'ns'),
        formatPercent(share, 3),
        formatCount(Math.round(perTenth(curve, curve.attempts[bin] ?? 0))),
      ]),
    ),
  );
  const columns = [
    left('policy'),
    left('arm'),
    right('since the fault'),
    right('clients back'),
    right('attempts per 100 ms'),
  ];
  return table(columns, rows);
}

function altWords({ analysis }: RecoveryContext, { loadPoint, arms }: FaultAnalysis): string {
  const words = arms.map(({ arm, curve, clients }) => {
    const half = curve.resumedShare.findIndex((share) => share >= 0.5);
    const when =
      half === -1
        ? 'never half of them'
        : `half of them after ${formatSetting((half + 1) * curve.binNs, 'ns')}`;
    return `${armTitleOf(analysis, arm)} ${when}, ${formatCount(clients.resumed)} of ${formatCount(clients.all)} in the end`;
  });
  return `Policy ${loadPoint.policy ?? 'identical'}: ${words.join('; ')}.`;
}

function specOf(
  context: RecoveryContext,
  members: readonly FaultAnalysis[],
  title: string,
): ChartSpec {
  const endNs = Math.max(...members.flatMap(({ arms }) => arms.map(quietAfter)));
  const most = Math.max(
    1,
    ...members.flatMap(({ arms }) =>
      arms.flatMap(({ curve }) => curve.attempts.map((count) => perTenth(curve, count))),
    ),
  );
  const frame = { endNs, most };
  return {
    title: { text: title, subtitle: 'mean over trials; shaded: no server is there', offset: 16 },
    spacing: 32,
    hconcat: members.map((fault, column) => ({
      title: {
        text: `policy ${fault.loadPoint.policy ?? 'identical'}`,
        fontSize: 12,
        frame: 'group',
        offset: 10,
      },
      spacing: 16,
      vconcat: [
        sharePanel(context, fault, { ...frame, panel: 2 * column }),
        attemptsPanel(context, fault, { ...frame, panel: 2 * column + 1 }),
      ],
    })),
    resolve: { scale: { color: 'shared', strokeDash: 'shared' } },
  };
}

interface Frame {
  readonly panel: number;
  readonly endNs: number;
  readonly most: number;
}

/** Shortly after the last client was back and the last attempt made, in ns. */
function quietAfter({ curve }: FaultedArm): number {
  const last = curve.resumedShare.at(-1) ?? 0;
  const whole = curve.resumedShare.findIndex((share) => share >= last);
  const lastAttempt = curve.attempts.findLastIndex((count) => count > 0);
  return (Math.max(whole, lastAttempt) + 2) * curve.binNs;
}

/** Attempts of a bin as a rate per 100 ms. */
function perTenth({ binNs }: FaultedArm['curve'], count: number): number {
  return (count * 100 * NS_PER_MS) / binNs;
}

const WIDTH = 340;
/** Width of two columns. */
const LEGEND_WIDTH = 680;

function sharePanel(context: RecoveryContext, fault: FaultAnalysis, frame: Frame): ChartSpec {
  const rows = fault.arms.flatMap(({ arm, curve }) => [
    { arm: armTitleOf(context.analysis, arm), at: 0, value: 0 },
    ...curve.resumedShare.map((value, bin) => ({
      arm: armTitleOf(context.analysis, arm),
      at: (bin + 1) * curve.binNs,
      value,
    })),
  ]);
  const ticks = [0, 0.25, 0.5, 0.75, 1];
  const y = {
    field: 'value',
    type: 'quantitative',
    title: 'clients back',
    scale: { domain: [0, 1], nice: false },
    axis: { values: ticks, labelExpr: unitLabels(ticks, 'ratio') },
  };
  return linePanel(context, {
    rows: rows.filter(({ at }) => at <= frame.endNs),
    panel: frame.panel,
    words: (share) => formatPercent(share, 3),
    y,
    height: 180,
    endNs: frame.endNs,
    interpolate: 'linear',
    outageNs: outageOf(fault),
  });
}

function attemptsPanel(
  context: RecoveryContext,
  fault: FaultAnalysis,
  { endNs, most, panel }: Frame,
): ChartSpec {
  const rows = fault.arms.flatMap(({ arm, curve }) =>
    curve.attempts.map((count, bin) => ({
      arm: armTitleOf(context.analysis, arm),
      at: bin * curve.binNs,
      value: perTenth(curve, count),
    })),
  );
  const ticks = ticksFromZero(most);
  const y = {
    field: 'value',
    type: 'quantitative',
    title: 'attempts per 100 ms',
    scale: { domain: [0, ticks.at(-1)], nice: false },
    axis: { values: ticks, labelExpr: labelLookup(ticks.map((tick) => [tick, formatCount(tick)])) },
  };
  return linePanel(context, {
    rows: rows.filter(({ at }) => at <= endNs),
    panel,
    words: (attempts) => formatCount(Math.round(attempts)),
    y,
    height: 120,
    endNs,
    interpolate: 'step-after',
    outageNs: outageOf(fault),
  });
}

function outageOf({ arms }: FaultAnalysis): number {
  return Math.max(0, ...arms.map(({ outageNs = 0 }) => outageNs));
}

interface LinePanel {
  readonly rows: readonly { readonly arm: string; readonly at: number; readonly value: number }[];
  /** Its number among all panels. */
  readonly panel: number;
  readonly words: (value: number) => string;
  readonly y: ChartSpec;
  readonly height: number;
  readonly endNs: number;
  readonly interpolate: 'linear' | 'step-after';
  readonly outageNs: number;
}

function linePanel(
  { analysis }: RecoveryContext,
  { rows, panel, words, y, height, endNs, interpolate, outageNs }: LinePanel,
): ChartSpec {
  const names = new Set(analysis.recovery.faults.flatMap(({ arms }) => arms.map(({ arm }) => arm)));
  const arms = analysis.plan.arms.filter((arm) => names.has(armName(arm)));
  const domain = arms.map((arm) => armTitleOf(analysis, armName(arm)));
  const ticks = linearTicks(0, endNs, 6);
  const x = {
    field: 'at',
    type: 'quantitative',
    title: 'since the fault',
    scale: { domain: [0, endNs], nice: false },
    axis: { values: ticks, labelExpr: unitLabels(ticks, 'ns'), labelFlush: false },
  };
  return {
    width: WIDTH,
    height,
    layer: [
      {
        data: { values: outageNs > 0 ? [{ at: 0, to: outageNs }] : [] },
        mark: { type: 'rect', color: ink.zone, opacity: 0.2 },
        encoding: { x, x2: { field: 'to' } },
      },
      // The baseline is drawn wider, or a line on top of it would hide it.
      ...domain.map((title, index) => ({
        data: { values: rows.filter(({ arm }) => arm === title) },
        mark: { type: 'line', interpolate, strokeWidth: index === 0 ? 4 : 2 },
        encoding: { x, y, ...armChannels(arms, { orient: 'top', width: LEGEND_WIDTH }) },
      })),
      hoverPoints(
        rows.map((row) => ({
          ...row,
          tip: `${row.arm}, ${formatSetting(row.at, 'ns')}: ${words(row.value)}`,
        })),
        { x, y },
        panel,
      ),
    ],
  };
}
