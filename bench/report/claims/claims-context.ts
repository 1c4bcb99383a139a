// The input of every text about claims.

import type { ClaimReading, EvidenceRun } from '../../claims/claim-reading.ts';
import type { ProfileRow } from '../../claims/read-profile.ts';

export interface LeftOutRun {
  readonly run: string;
  readonly why: string;
}

export interface ClaimsContext {
  readonly readings: readonly ClaimReading[];
  readonly runs: readonly EvidenceRun[];
  /** Runs that this machine could not measure, or that the preset leaves out. */
  readonly leftOut: readonly LeftOutRun[];
  /** What they say for the profile that was given; absent without one. */
  readonly profile?: readonly ProfileRow[] | undefined;
  /** The command that makes the page again. */
  readonly command: string;
  /** Path from the page to a folder of a run. */
  readonly pathOf: (folder: string) => string;
  /** Its name on the page: for a part of the page's own folder that of the part. */
  readonly labelOf: (folder: string) => string;
}
