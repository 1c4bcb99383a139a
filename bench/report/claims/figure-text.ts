// A figure of a claim's evidence as the text of a cell.

import type { CodeCount, Figure } from '../../claims/claim-reading.ts';
import {
  formatCount,
  formatDifferenceEstimate,
  formatPercent,
  formatRatio,
  formatValue,
  UNKNOWN,
} from '../format.ts';

/** `WebSocket / SSE 0.626 [0.610, 0.642]`, `7 of 7 blocks, 95 % CI from 59 to 100 %` */
export function figureText(figure: Figure | undefined): string {
  if (figure === undefined) return UNKNOWN;
  if (figure.kind === 'share') return shareText(figure);
  if (figure.kind === 'code') return `${countText(figure.less)} against ${countText(figure.than)}`;
  const { baseline, other } = figure.titles;
  return figure.kind === 'ratio'
    ? `${other} / ${baseline} ${formatRatio(figure.estimate)}`
    : `${other} − ${baseline} ${formatDifferenceEstimate(figure.estimate, figure.unit)}`;
}

function countText({ lines, branches }: CodeCount): string {
  return `${formatCount(lines)} lines, ${formatCount(branches)} branches`;
}

function shareText({
  held,
  of,
  low,
  high,
  counted,
  means,
}: Extract<Figure, { kind: 'share' }>): string {
  const values =
    means === undefined
      ? ''
      : `; ${formatValue(means.higher, means.unit)} against ${formatValue(means.lower, means.unit)}`;
  return `${formatCount(held)} of ${formatCount(of)} ${counted} [${formatPercent(low, 2)}, ${formatPercent(high, 2)}]${values}`;
}
