// The table of all claims: a verdict, a figure and a condition each.

import type { ClaimReading } from '../../claims/claim-reading.ts';
import { left, table, type Table } from '../blocks.ts';
import { headingAnchor } from '../heading-anchor.ts';
import { claimTitle, headlineFigure, verdictNames, verdictTones } from './claim-words.ts';
import { figureText } from './figure-text.ts';

interface ClaimsTableOptions {
  /** Conditions without loads and faults. */
  readonly isBrief?: boolean;
  /** Each claim has a section below. */
  readonly leadsToSections?: boolean;
}

export function claimsTable(
  readings: readonly ClaimReading[],
  { isBrief = false, leadsToSections = false }: ClaimsTableOptions = {},
): Table {
  const titleOf = ({ claim }: ClaimReading): string =>
    leadsToSections
      ? `[${claimTitle(claim)}](#${headingAnchor(claimTitle(claim))})`
      : claimTitle(claim);
  const rows = table(
    [
      left('claim', { mostWidth: 30 }),
      left('verdict', { mostWidth: 12 }),
      left('figure [95 % CI]', { mostWidth: 24 }),
      left('condition'),
    ],
    readings.map((reading) => {
      const { verdict, condition, briefCondition } = reading;
      return [
        titleOf(reading),
        {
          text: verdictNames[verdict],
          isStrong: verdict !== 'open',
          tone: verdictTones[verdict],
        },
        figureText(headlineFigure(reading)),
        isBrief ? briefCondition : { text: condition, narrow: briefCondition },
      ];
    }),
  );
  return { ...rows, isStacked: true };
}
