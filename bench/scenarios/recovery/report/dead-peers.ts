// Shows whether the server drops dead peers: each one that it keeps costs memory until it is
// noticed.

import type { FaultAnalysis } from '../findings.ts';
import { formatCount } from '../../../report/format.ts';
import { left, right, section, table, type Block, type Table } from '../../../report/blocks.ts';
import {
  armRows,
  faultGroups,
  groupHeading,
  rowHeading,
  type FaultGroup,
  type RecoveryContext,
} from './recovery-context.ts';

export function renderDeadPeers(context: RecoveryContext): readonly Block[] {
  const groups = faultGroups(context)
    .map(({ title, loadPoint, faults }) => ({ title, loadPoint, faults: faults.filter(isCounted) }))
    .filter((group) => group.faults.length > 0);
  if (groups.length === 0) return [];
  return section('Dead peers at the server', [
    'TCP connections that the server held: just before the fault, once the time was over after which a silent peer counts as dead, and at the end.' +
      ' Every client needs one; what is above that in the middle are peers that are gone and that the server has not noticed, and what is left at the end has leaked. Medians over trials.',
    ...groups.flatMap((group) => [groupHeading(groups, group), peerTable(context, group)]),
  ]);
}

function isCounted({ arms }: FaultAnalysis): boolean {
  return arms.some(
    ({ peers }) =>
      peers.before !== undefined || peers.dead !== undefined || peers.end !== undefined,
  );
}

function peerTable(context: RecoveryContext, group: FaultGroup): Table {
  return table(
    [
      left(rowHeading(context)),
      left('arm'),
      right('before'),
      right('after the dead time'),
      right('at the end'),
    ],
    armRows(context, group, ({ peers }) =>
      [peers.before, peers.dead, peers.end].map((count) => formatCount(count)),
    ),
  );
}
