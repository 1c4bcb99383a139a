// Holds the needs of a profile against what the runs said of claims: row by row, and no sum.

import type { ClaimReading, Evidence, Figure, MeaningReading } from './claim-reading.ts';
import { conditionsOf, listed } from './claim-condition.ts';
import { needs, type Need } from './needs.ts';
import type { Profile } from './profile.ts';

export interface ProfileRow {
  readonly need: string;
  /** `S4: memory of an idle connection` */
  readonly about: string;
  readonly bearing: MeaningReading['bearing'];
  readonly figure: Figure | undefined;
  /** Under which conditions it was settled; empty where it is open. */
  readonly condition: string;
  readonly says: string;
  readonly flips: string;
}

/** `readings` are those of all claims. */
export function readProfile(
  profile: Profile,
  readings: readonly ClaimReading[],
): readonly ProfileRow[] {
  return needs.flatMap((need) => {
    const words = need.of(profile);
    if (words === undefined) return [];
    return need.bearings.map((bearing) => rowOf(words, bearing, { profile, readings }));
  });
}

interface ProfilePlace {
  readonly profile: Profile;
  readonly readings: readonly ClaimReading[];
}

function rowOf(
  need: string,
  { claim: id, meaning: name, holds, fails }: Need['bearings'][number],
  { profile, readings }: ProfilePlace,
): ProfileRow {
  const reading = readings.find(({ claim }) => claim.id === id);
  const read = reading?.meanings.find(({ meaning }) => meaning.name === name);
  if (reading === undefined || read === undefined)
    throw new Error(`claim ${id} must have a meaning ${name}`);
  const decided = read.evidence.filter(isDecisive);
  return {
    need,
    about: `${id}: ${name}`,
    bearing: read.bearing,
    figure: decided[0]?.figure,
    condition: listed(conditionsOf(decided)),
    says: sayings[read.bearing]({ holds, fails }) + beyond(profile, decided),
    flips: reading.claim.flips,
  };
}

const isDecisive = ({ bearing }: Evidence): boolean => bearing !== 'open' && bearing !== 'void';

type Words = Pick<Need['bearings'][number], 'holds' | 'fails'>;

const sayings: Record<MeaningReading['bearing'], (words: Words) => string> = {
  supports: ({ holds }) => holds,
  refutes: ({ fails }) => fails,
  mixed: ({ holds, fails }) => `by condition: ${holds} where it holds, ${fails} where it does not`,
  equal: () => 'for neither: no difference that matters',
  open: () => 'not known',
};

/** A result is not carried beyond the number of streams at which it was measured. */
function beyond({ streams }: Profile, decided: readonly Evidence[]): string {
  const most = Math.max(
    0,
    ...decided.map(({ place }) => (place.kind === 'run' ? place.loadPoint.connections : 0)),
  );
  return streams === undefined || decided.length === 0 || streams <= most
    ? ''
    : `; measured with up to ${most} connections, not ${streams}`;
}
