// A claim is a row of data: a sentence of the article or of the debate, what it can mean, what
// measures each meaning, and what would change the answer.

import type { TransportId } from '../contract/arms/transports.ts';
import type { LoadPoint, ScenarioId } from '../contract/run-file.ts';
import type { ClaimRunId } from './claim-runs.ts';

/** Trials that a source does not ask about are left out. */
interface Asked {
  readonly scenario: ScenarioId;
  /** Load points with these fields only. */
  readonly at?: Partial<LoadPoint>;
  /** Runs whose tokens are text, or bytes; both when absent. */
  readonly tokens?: 'text' | 'bytes';
}

/** The verdict on a metric of two arms that differ in their transport alone. */
interface VerdictSource extends Asked {
  readonly kind: 'verdict';
  readonly metric: string;
  /** The meaning holds where this transport is shown to be better. */
  readonly better: TransportId;
  readonly than: TransportId;
}

/** The same, where the meaning is that the two do not differ by what matters. */
interface EqualSource extends Asked {
  readonly kind: 'equal';
  readonly metric: string;
  readonly transports: readonly [TransportId, TransportId];
}

/** A metric without a verdict: in how many blocks it is higher over one transport. A sign test. */
interface BlocksSource extends Asked {
  readonly kind: 'blocks';
  readonly metric: string;
  readonly higher: TransportId;
  readonly than: TransportId;
}

/** A question that a scenario answers from its own findings: in how many trials it was so. */
interface QuestionSource extends Asked {
  readonly kind: 'question';
  readonly question: string;
}

/** Counted code of minimal programs, `client event-source`: it holds where these have less. */
export interface CodeSource {
  readonly kind: 'code';
  readonly less: readonly string[];
  readonly than: readonly string[];
  /** `in a page, without a library` */
  readonly condition: string;
}

/** Runs answer these. */
export type RunSource = VerdictSource | EqualSource | BlocksSource | QuestionSource;

export type Source = RunSource | CodeSource;

export interface Meaning {
  /** What it is about, in a few words: `memory of an idle connection`. */
  readonly name: string;
  /** A clause that is true or false: `tokens arrive sooner than over SSE`. */
  readonly says: string;
  readonly sources: readonly Source[];
  /** Why nothing can answer it yet, for a meaning without sources. */
  readonly unmeasured?: string;
  /** Left out of the claim where no run measured it. */
  readonly isOptional?: true;
}

export interface Claim {
  /** `S1` to `S6` of SSE, `W1` to `W5` of WebSocket, `D1` and so on of the debate. */
  readonly id: string;
  /** The claim in a few words. */
  readonly title: string;
  /** As it is said. */
  readonly says: string;
  readonly meanings: readonly Meaning[];
  /** What would change the answer: full sentences. */
  readonly flips: string;
  /** What its runs must measure; none where no scenario exists yet. */
  readonly runs: readonly ClaimRunId[];
}
