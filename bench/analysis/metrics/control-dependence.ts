// Declares which negative controls between two arms bear on which metrics: a control that is missed
// voids what depends on it between these two arms, and nothing else. A metric names its row of the
// table; one that names none depends on every control.

/** The quantities that the harness alone decides, by the gates that compare them between two arms. */
export const armControlIds = ['H9period', 'H9ready', 'H9tokens', 'H9starts'] as const;

export type ArmControlId = (typeof armControlIds)[number];

/**
 * The gate in runs before 0.2, whose tokens have no stamp of their turn: lateness of the server,
 * which cannot tell the period of the turns from the wait for one.
 */
export const LATENESS_CONTROL = 'H9';

/** The controls that it stands for. */
const LATENESS_STANDS_FOR: ReadonlySet<ArmControlId> = new Set(['H9period', 'H9ready', 'H9tokens']);

/**
 * - `latency`: counts from when a token was due, or from the turn that found it due. What delays a
 * turn is in the first and left out of the second; a longer period or more tokens a turn make the
 * token wait for the others of its turn.
 * - `batching`: the cost of a turn, of a system call or of a segment is shared by the tokens in it.
 * The moment at which a turn begins changes nothing in that.
 * - `load`: depends on how many streams were begun, not on how their tokens were paced.
 * - `nothing`: counted bytes, which follow from the specifications whatever the harness did in time;
 * and the controls themselves.
 */
const dependences = {
  latency: ['H9period', 'H9ready', 'H9tokens', 'H9starts'],
  batching: ['H9period', 'H9tokens', 'H9starts'],
  load: ['H9starts'],
  nothing: [],
} as const satisfies Record<string, readonly ArmControlId[]>;

export type ControlDependence = keyof typeof dependences;

/** Whether a gate compares two arms in what the harness alone decides. */
export function isArmControl(gate: string): boolean {
  return gate === LATENESS_CONTROL || armControlIds.some((id) => id === gate);
}

/** @param gate The id of a control between two arms. */
export function dependsOnControl(
  { controls = 'latency' }: { readonly controls?: ControlDependence | undefined },
  gate: string,
): boolean {
  const own: readonly ArmControlId[] = dependences[controls];
  return own.some(
    (id) => id === gate || (gate === LATENESS_CONTROL && LATENESS_STANDS_FOR.has(id)),
  );
}
