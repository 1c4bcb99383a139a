// Counts what was lost, repeated or damaged: to the token, so there is nothing to estimate.

import type { FaultedArm } from '../findings.ts';
import { formatCount, formatValue } from '../../../report/format.ts';
import {
  left,
  right,
  section,
  table,
  type Block,
  type Content,
  type Table,
} from '../../../report/blocks.ts';
import {
  armRows,
  faultGroups,
  groupHeading,
  rowHeading,
  type FaultGroup,
  type RecoveryContext,
} from './recovery-context.ts';

interface CountColumn {
  readonly title: string;
  readonly cell: (arm: FaultedArm) => string;
}

const tokenColumns: readonly CountColumn[] = [
  { title: 'planned', cell: ({ tokens }) => formatCount(tokens.planned) },
  { title: 'due while away', cell: ({ tokens }) => formatCount(tokens.dueAway) },
  { title: 'lost', cell: ({ tokens }) => alarming(tokens.lost) },
  { title: 'of them declared', cell: ({ tokens }) => formatCount(tokens.lostDeclared) },
  { title: 'repeated, discarded', cell: ({ tokens }) => formatCount(tokens.duplicated) },
  { title: 'replayed', cell: ({ tokens }) => formatCount(tokens.replayed) },
  { title: 'replayed bytes', cell: ({ tokens }) => formatValue(tokens.replayedBytes, 'bytes') },
  { title: 'out of order', cell: ({ tokens }) => alarming(tokens.reordered) },
  { title: 'corrupt', cell: ({ tokens }) => alarming(tokens.corrupt) },
];

const streamColumns: readonly CountColumn[] = [
  { title: 'all', cell: ({ clients }) => formatCount(clients.all) },
  { title: 'hit by the fault', cell: ({ clients }) => formatCount(clients.hit) },
  { title: 'noticed a loss', cell: ({ clients }) => formatCount(clients.noticed) },
  { title: 'went on', cell: ({ clients }) => formatCount(clients.resumed) },
  { title: 'whole', cell: ({ clients }) => formatCount(clients.whole) },
  { title: 'stopped', cell: ({ clients }) => alarming(clients.stopped) },
  { title: 'given up', cell: ({ clients }) => alarming(clients.givenUp) },
  { title: 'unfinished', cell: ({ clients }) => alarming(clients.unfinished) },
];

export function renderLosses(context: RecoveryContext): readonly Block[] {
  const groups = faultGroups(context);
  const perGroup = (columns: readonly CountColumn[]): Content =>
    groups.map((group) => [groupHeading(groups, group), countTable(context, group, columns)]);
  return section('What was lost', [
    'Exact: every token of every trial was counted, none was sampled, so there is no interval. Whether a token is lost depends on the protocol; how many' +
      ' are due while a client is away depends on how long it is away, and so differs a little from run to run.',
    perGroup(tokenColumns),
    'Declared: the server said that it cannot replay them, so the client knows. Repeated: came again after a resume, and the client discarded them by' +
      ' their number. Replayed: sent from the buffer because they were due before the connection came back; a dash where the server that counted is gone.',
    '**Streams.** Whole: every token once and the announced SHA-256. Stopped: told that there is nothing to come back to. Given up: the policy' +
      ' forbids another attempt. Unfinished: none of these when the time was over.',
    perGroup(streamColumns),
  ]);
}

function countTable(
  context: RecoveryContext,
  group: FaultGroup,
  columns: readonly CountColumn[],
): Table {
  return table(
    [left(rowHeading(context)), left('arm'), ...columns.map(({ title }) => right(title))],
    armRows(context, group, (arm) => columns.map(({ cell }) => cell(arm))),
  );
}

/** Highlights a count that should be zero and is not. */
function alarming(count: number): string {
  return count === 0 ? '0' : `**${formatCount(count)}**`;
}
