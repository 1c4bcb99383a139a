// Lists what differs between the arms under faults, besides their framing. Everything else is one
// code path.

import type { Analysis } from '../../../analysis/analysis.ts';
import { transportsOf } from '../../../report/mechanisms.ts';
import { policiesOf } from './circumstances.ts';

export function faultAsymmetries(analysis: Analysis): readonly string[] {
  const present = transportsOf(analysis.plan.arms);
  const givesUp = present.some(
    ({ specifiedReconnect }) => specifiedReconnect?.isRefusalFinal === true,
  );
  return [
    ...present.flatMap(({ texts }) => texts.recovery),
    ...(policiesOf(analysis).includes('as-specified') && givesUp
      ? [present.flatMap(({ texts }) => texts.specifiedReconnect ?? []).join(' ')]
      : []),
  ];
}
