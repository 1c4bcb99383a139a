// Due times of the tokens of a stream that outlives its connections. The generation runs outside
// the server, as a model does: it begins at the planned start and goes on without a receiver, so
// server, client and analysis know it without a stamp.

/**
 * A pause without due tokens: those due in it, and all later ones, are delayed by its length.
 * `fromNs` is ns since T0.
 */
export interface Quiet {
  readonly fromNs: number;
  readonly forNs: number;
}

/**
 * Returns when each token is due, ns since T0. @param offsetsNs Offsets of the tokens from the
 * stream's start.
 */
export function generationDueNs(
  startNs: number,
  offsetsNs: Float64Array,
  quiet?: Quiet,
): Float64Array {
  return offsetsNs.map((offsetNs) => {
    const dueNs = startNs + offsetNs;
    return quiet !== undefined && dueNs >= quiet.fromNs ? dueNs + quiet.forNs : dueNs;
  });
}
