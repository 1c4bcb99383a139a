// Form of an entry in the table of flags of `run`: everything that help, refusals, the
// configuration file, a suite and the command that repeats a run need to know about a flag.

import type { Plan } from '../contract/run-file.ts';

/** Headings of help, in its order. */
export const flagGroups = {
  arms: 'Arms',
  load: 'Load',
  workload: 'Workload',
  length: 'Length and precision',
  faults: 'Fault injection',
  checks: 'Checks',
  machine: 'Machine',
  output: 'Input and output',
} as const;

export type FlagGroup = keyof typeof flagGroups;

/** Type of a flag's value by its kind; a value keeps its text until the plan is built. */
export interface FlagValues {
  switch: boolean;
  text: string;
  /** Given several times: one text each. */
  texts: readonly string[];
  /** Separated by commas. */
  list: string;
  count: string;
  number: string;
  duration: string;
  size: string;
}

export type FlagKind = keyof FlagValues;
export type FlagValue = FlagValues[FlagKind];

/**
 * The default of which scenarios take a flag: all, those without or with fault injection, or those
 * that say so.
 */
export type FlagRule = 'all' | 'steady' | 'faults' | 'named';

/** Place of a flag in the command that repeats a run. */
export interface Repeated {
  readonly plan: Plan;
  /** Given flags that the plan does not hold. */
  readonly given: {
    readonly workload?: string;
    readonly failIf?: readonly string[];
    readonly nats?: string;
    readonly creds?: string;
  };
}

export interface Flag {
  readonly group: FlagGroup;
  readonly kind: FlagKind;
  /** Placeholder in help; none for a switch. */
  readonly value?: string;
  /** All values, or all entries of a list. */
  readonly choices?: readonly string[];
  /** One line, without the default. */
  readonly help: string;
  /** The default, in words; absent where help says it, or where there is none. */
  readonly usual?: string;
  /** A right value; `true` for a switch without one. */
  readonly example?: string;
  /** A switch that is on by default in some plans, so that `--no-` exists too. */
  readonly isNegatable?: boolean;
  /** Which scenarios take it unless their own table says otherwise; `all` when absent. */
  readonly rule?: FlagRule;
  /** This value means the same as no flag, so every scenario accepts it. */
  readonly neutral?: string;
  /** Its meaning differs between scenarios, so a suite cannot have it. */
  readonly isPerScenario?: boolean;
  /** Not allowed in a configuration file. */
  readonly isCommandLineOnly?: boolean;
  /**
   * Its value in the command that repeats a run; undefined leaves it out. Absent for flags that do
   * not affect the measurement.
   */
  readonly repeat?: (place: Repeated) => FlagValue | undefined;
}
