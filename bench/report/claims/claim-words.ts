// Words for verdicts on claims, and for what a row of evidence says.

import type {
  Bearing,
  ClaimReading,
  ClaimVerdict,
  Evidence,
  Figure,
  MeaningBearing,
} from '../../claims/claim-reading.ts';
import type { Claim } from '../../claims/claim.ts';
import type { Tone } from '../blocks.ts';

export const verdictNames: Record<ClaimVerdict, string> = {
  supported: 'supported',
  refuted: 'refuted',
  depends: 'depends on …',
  open: 'open',
};

export const verdictTones: Record<ClaimVerdict, Tone | undefined> = {
  supported: 'good',
  refuted: 'bad',
  depends: 'doubt',
  open: 'muted',
};

export const meaningNames: Record<MeaningBearing, string> = {
  supports: 'holds here',
  refutes: 'does not hold here',
  equal: 'no difference that matters here',
  mixed: 'by condition',
  open: 'open',
};

const bearingNames: Record<Bearing, string> = {
  supports: 'supports it',
  refutes: 'refutes it',
  equal: 'no difference that matters',
  open: 'open',
  void: 'void',
};

export const bearingTones: Record<Bearing, Tone | undefined> = {
  supports: 'good',
  refutes: 'bad',
  equal: undefined,
  open: 'muted',
  void: 'doubt',
};

/** The title of its section, and of its row. */
export function claimTitle({ id, title }: Pick<Claim, 'id' | 'title'>): string {
  return `${id} ${title}`;
}

export function evidenceWords({ bearing, reason }: Evidence): string {
  return reason === undefined ? bearingNames[bearing] : `${bearingNames[bearing]}: ${reason}`;
}

export function isDecisive({ bearing }: Evidence): boolean {
  return bearing !== 'open' && bearing !== 'void';
}

/** The figure for the table of all claims: of the first row that decides something, or of any. */
export function headlineFigure({ meanings }: ClaimReading): Figure | undefined {
  const all = meanings.flatMap(({ evidence }) => evidence);
  const shown = all.find(({ bearing }) => bearing === 'supports' || bearing === 'refutes');
  return (shown ?? all.find(isDecisive) ?? all.find(({ figure }) => figure !== undefined))?.figure;
}
