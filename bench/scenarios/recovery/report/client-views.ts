// Shows what each client saw, event by event, and why connections and attempts failed.

import type { FaultAnalysis, FaultedArm } from '../findings.ts';
import { formatCount, UNKNOWN } from '../../../report/format.ts';
import {
  details,
  left,
  right,
  section,
  table,
  type Block,
  type Content,
} from '../../../report/blocks.ts';
import { code } from '../../../report/inline.ts';
import { armTitleOf } from '../../../report/report-context.ts';
import {
  armRows,
  causeWords,
  faultGroups,
  groupHeading,
  rowHeading,
  rowTitle,
  type RecoveryContext,
} from './recovery-context.ts';

/** Further patterns are those of single unlucky clients. */
const MAX_PATTERNS = 6;

export function renderClientViews(context: RecoveryContext): readonly Block[] {
  const groups = faultGroups(context);
  return section('What each client saw', [
    'How clients learnt that their connection was lost, and what became of their attempts to come back, by cause; over all trials.',
    ...groups.flatMap((group) => [
      groupHeading(groups, group),
      table(
        [
          left(rowHeading(context)),
          left('arm'),
          left('losses by cause'),
          right('attempts'),
          right('accepted'),
          left('failed attempts by cause'),
        ],
        armRows(context, group, (arm) => [
          causeWords(arm.losses),
          formatCount(arm.attempts),
          formatCount(arm.accepted),
          causeWords(arm.attemptFailures),
        ]),
      ),
      details(
        `What clients saw, event by event${groups.length > 1 ? `, ${group.title}` : ''}`,
        group.faults.map((fault) => patterns(context, fault)),
      ),
    ]),
  ]);
}

function patterns(context: RecoveryContext, fault: FaultAnalysis): Content {
  const rows = fault.arms.flatMap((arm) => patternRows(armTitleOf(context.analysis, arm.arm), arm));
  if (rows.length === 0) return [];
  return [
    `**${rowTitle(context, fault)}**`,
    table([left('arm'), right('clients'), left('events in order')], rows),
  ];
}

function patternRows(title: string, { patterns: all }: FaultedArm): readonly (readonly string[])[] {
  const shown = all.slice(0, MAX_PATTERNS);
  const hidden = all.slice(MAX_PATTERNS).reduce((sum, { clients }) => sum + clients, 0);
  return [
    ...shown.map(({ events, clients }, index) => [
      index === 0 ? title : '',
      formatCount(clients),
      eventWords(events),
    ]),
    ...(hidden === 0
      ? []
      : [['', formatCount(hidden), `${formatCount(all.length - shown.length)} other ways`]]),
  ];
}

function eventWords(events: readonly string[]): string {
  return events.length === 0 ? UNKNOWN : events.map(code).join(' → ');
}
