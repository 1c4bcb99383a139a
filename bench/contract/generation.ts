// When the tokens of a stream that outlives its connections are due. The generation stands outside the server, as a model
// does: it begins at the planned start and goes on whoever listens, so server, client and analysis know it without a stamp.

/** No token is due in it: what would be, and all that follows, comes later by its length. Both ns since T0. */
export interface Quiet {
  readonly fromNs: number;
  readonly forNs: number;
}

/** @param offsetsNs Of the tokens from the stream's start. Returns when each is due, ns since T0. */
export function generationDueNs(startNs: number, offsetsNs: Float64Array, quiet?: Quiet): Float64Array {
  return offsetsNs.map((offsetNs) => {
    const dueNs = startNs + offsetNs;
    return quiet !== undefined && dueNs >= quiet.fromNs ? dueNs + quiet.forNs : dueNs;
  });
}
