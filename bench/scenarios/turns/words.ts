// Words for factors, levels and ways of sending turns, the same in sentences and tables.

import type { TurnConditions } from '../../contract/turn-conditions.ts';
import type { Estimate } from '../../analysis/statistics/estimate.ts';
import { formatDifferenceEstimate, formatPercent, formatValue } from '../../report/format.ts';
import type { SimpleEffect, TurnFactor } from './findings.ts';

interface ArmTitles {
  readonly baseline: string;
  /** Undefined in a run of one arm. */
  readonly other: string | undefined;
}

/** `kept connection`, `WebSocket in place of SSE after POST` */
export function factorTitle(factor: TurnFactor, { baseline, other = '' }: ArmTitles): string {
  const titles = {
    connection: 'kept connection',
    context: 'only what is new',
    transport: `${other} in place of ${baseline}`,
  } as const satisfies Record<TurnFactor, string>;
  return titles[factor];
}

/** The same as the beginning of a sentence. */
export function factorSubject(factor: TurnFactor, { baseline, other = '' }: ArmTitles): string {
  const subjects = {
    connection: 'A kept connection',
    context: 'State on the server, so that only what is new is sent,',
    transport: `${other} in place of ${baseline}`,
  } as const satisfies Record<TurnFactor, string>;
  return subjects[factor];
}

export function levelWords(
  factor: TurnFactor,
  level: 0 | 1,
  { baseline, other = '' }: ArmTitles,
): string {
  const words = {
    connection: ['with a new connection for each turn', 'on a kept connection'],
    context: ['with the whole history resent', 'with only what is new sent'],
    transport: [`over ${baseline}`, `over ${other}`],
  } as const satisfies Record<TurnFactor, readonly [string, string]>;
  return words[factor][level];
}

export function connectionCell(connection: TurnConditions['connection']): string {
  return connection === 'new' ? 'new each turn' : 'kept';
}

export function contextCell(context: TurnConditions['context']): string {
  return context === 'resent' ? 'whole history' : 'what is new';
}

/** Whether the interval excludes no effect. */
function isShown({ low, high }: Pick<Estimate, 'low' | 'high'>): boolean {
  return low !== undefined && high !== undefined && (low > 0 || high < 0);
}

/** `saves 80.1 ms a turn`, `costs …`; `shows no effect (−0.3 [−1.0, 0.4] ms)`. */
export function sizeWords(difference: Estimate): string {
  if (!isShown(difference))
    return `shows no effect on a turn (${formatDifferenceEstimate(difference, 'ns')})`;
  const verb = difference.value < 0 ? 'saves' : 'costs';
  const { value, low = value, high = value } = difference;
  const sizes = [Math.abs(low), Math.abs(high)].toSorted((a, b) => a - b);
  return `${verb} ${formatValue(Math.abs(value), 'ns')} a turn [${sizes.map((size) => formatValue(size, 'ns')).join(', ')}]`;
}

/** `−34 %`, with its interval. */
export function changeWords(ratio: Estimate | undefined): string {
  if (ratio === undefined) return '–';
  const { value, low, high } = ratio;
  return low === undefined || high === undefined
    ? percent(value)
    : `${percent(value)} [${percent(low)}, ${percent(high)}]`;
}

function percent(ratio: number): string {
  const share = Math.abs(ratio - 1);
  if (share < 0.0005) return '0 %';
  return `${ratio < 1 ? '−' : '+'}${formatPercent(share, 2)}`;
}

export function verdictWords({ verdict }: Pick<SimpleEffect, 'verdict'>): string {
  switch (verdict) {
    case 'saves':
      return '**saves time**';
    case 'costs':
      return '**costs time**';
    case 'negligible':
      return 'negligible';
    case 'size-uncertain':
      return 'shown, size uncertain';
    case 'inconclusive':
      return 'inconclusive';
    default:
      return '–';
  }
}
