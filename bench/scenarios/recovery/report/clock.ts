// Shows the effect of each fault: the reconnect clock of both arms, as a chart and as numbers.

import type { FaultedArm, Moment, MomentSummary } from '../findings.ts';
import { formatCount, formatEstimate, formatValue, UNKNOWN } from '../../../report/format.ts';
import { left, right, section, table, type Block, type Content } from '../../../report/blocks.ts';
import { chartFigures, type ChartLink } from '../../../report/sections/chart-links.ts';
import {
  armRows,
  faultGroups,
  groupHeading,
  rowHeading,
  rowTitle,
  type FaultGroup,
  type RecoveryContext,
} from './recovery-context.ts';

const columns: readonly { readonly moment: Moment; readonly title: string }[] = [
  { moment: 'detect', title: 'noticed' },
  { moment: 'attempt', title: 'first attempt' },
  { moment: 'open', title: 'connected' },
  { moment: 'resumed', title: 'first unseen token' },
  { moment: 'caughtUp', title: 'caught up' },
];

export function renderClock(
  context: RecoveryContext,
  charts: readonly ChartLink[],
): readonly Block[] {
  const groups = faultGroups(context);
  return section('What each fault does', [
    'Time since the fault at which the median client of a trial noticed that its connection was lost, tried for the first time to come back, was connected, received a token' +
      ' that it had not seen, and received tokens as promptly as before (delivery below 1.5 times its earlier median). The longest silence is what a' +
      ' person sees: from the last token before to the first one after.',
    ...chartFigures(charts),
    ...groups.flatMap((group) => [groupHeading(groups, group), clockTable(context, group)]),
    'Each cell: median over trials [lowest, highest trial]; "of" counts clients over all trials where only some of them got there. Each moment is a median' +
      ' by itself, so two of them need not belong to one client.',
  ]);
}

function clockTable(context: RecoveryContext, group: FaultGroup): Content {
  const hasOutage = group.faults.some((fault) =>
    fault.arms.some(({ outageNs = 0 }) => outageNs > 0),
  );
  const hasNeighbours = group.faults.some((fault) =>
    fault.arms.some(({ neighbourDelivery }) => neighbourDelivery !== undefined),
  );
  const rows = armRows(context, group, (arm) => [
    ...columns.map(({ moment }) => momentCell(arm, moment)),
    ...(hasOutage ? [formatMoment(arm.healToResumed)] : []),
    formatMoment(arm.visibleGap),
  ]);
  const titles = [
    ...columns.map(({ title }) => title),
    ...(hasOutage ? ['after the cause was over'] : []),
    'longest silence',
  ];
  return [
    table([left(rowHeading(context)), left('arm'), ...titles.map((title) => right(title))], rows),
    unwatched(context, group),
    hasNeighbours ? neighbours(context, group) : [],
  ];
}

function momentCell(arm: FaultedArm, moment: Moment): string {
  const { clients, moments } = arm;
  const summary = moments[moment];
  if (summary !== undefined) return formatMoment(summary) + shareWords(summary, clients.all);
  if (moment === 'detect' && clients.noticed === 0) return 'not noticed';
  if (moment === 'resumed') return clients.noticed === 0 ? 'not interrupted' : '**never**';
  return UNKNOWN;
}

function shareWords({ clients }: MomentSummary, all: number): string {
  return clients >= all ? '' : `, ${formatCount(clients)} of ${formatCount(all)}`;
}

/** `252 [240, 270] ms`; a dash without a value. */
function formatMoment(summary: MomentSummary | undefined): string {
  if (summary === undefined) return UNKNOWN;
  const { p50Ns, lowNs, highNs, trials } = summary;
  return formatEstimate({ value: p50Ns, low: lowNs, high: highNs, trials }, 'ns');
}

/** Sentence on the faults at which silence is not taken for a loss; empty if it always is. */
function unwatched(context: RecoveryContext, { faults }: FaultGroup): string {
  const names = faults.filter(
    ({ arms, deadAfterNs }) => arms.length > 0 && deadAfterNs === undefined,
  );
  if (names.length === 0) return '';
  const which =
    names.length === faults.length
      ? 'everywhere here'
      : `at ${names.map((fault) => rowTitle(context, fault)).join(', ')}`;
  return `Silence alone was no reason to come back ${which}: there were no heartbeats, or the policy does not watch for them.`;
}

/** When only some clients stop reading, the effect on the others is the question. */
function neighbours(context: RecoveryContext, group: FaultGroup): Content {
  const affected = group.faults.filter((fault) =>
    fault.arms.some(({ neighbourDelivery }) => neighbourDelivery !== undefined),
  );
  return [
    'Delivery to the clients that read on while the others did not, against delivery before the fault:',
    table(
      [
        left(rowHeading(context)),
        left('arm'),
        right('before, median'),
        right('during, median'),
        right('during, p95'),
        right('during, worst'),
      ],
      armRows(context, { ...group, faults: affected }, (arm) => [
        formatMoment(arm.beforeDelivery),
        formatMoment(arm.neighbourDelivery),
        formatValue(arm.neighbourDelivery?.p95Ns, 'ns'),
        formatValue(arm.neighbourDelivery?.maxNs, 'ns'),
      ]),
    ),
  ];
}
