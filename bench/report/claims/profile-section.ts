// What the claims say for a profile: need by need, with the evidence and what would change it.

import type { ProfileRow } from '../../claims/read-profile.ts';
import { left, list, section, table, type Block, type Table } from '../blocks.ts';
import { meaningNames } from './claim-words.ts';
import { figureText } from './figure-text.ts';

export function profileSection(rows: readonly ProfileRow[]): readonly Block[] {
  const flips = new Map(rows.map(({ about, flips: text }) => [about.split(':')[0] ?? '', text]));
  return section('What this says for the profile', [
    'Each row is one need and one meaning of a claim. Rows are not weighed against each other: which need matters more is not measured.',
    profileTable(rows),
    'What would change a row:',
    list(Array.from(flips, ([id, text]) => `${id}: ${text}`)),
  ]);
}

export function profileTable(rows: readonly ProfileRow[]): Table {
  return table(
    [
      left('need'),
      left('evidence', { mostWidth: 34 }),
      left('figure [95 % CI]', { only: 'wide' }),
      left('condition', { only: 'wide' }),
      left('what it says for this profile'),
    ],
    rows.map(({ need, about, bearing, figure, condition, says }) => [
      need,
      `${about}: ${meaningNames[bearing]}`,
      figureText(figure),
      condition,
      { text: says, tone: bearing === 'open' ? 'muted' : undefined },
    ]),
  );
}
