// A scenario is a named question. Its file says what it asks; the registry lists them for help, `list` and the plan.

export interface Scenario {
  readonly name: string;
  /** The question it answers, as the report's first line. */
  readonly question: string;
  /** One line for `streamduel list scenarios`. */
  readonly summary: string;
}
