// Names the procedures: how one trial of a scenario is carried out. Several scenarios share one.
// The table that leads from a name to its code is bench/scenarios/procedures.ts.

export type ProcedureId =
  /** Streams run steadily, or as a load point says, through one window. */
  | 'steady'
  /** Streams outlive their connections, and a fault is injected. */
  | 'fault'
  /** Connections grow and shrink in rungs, and memory is read on each. */
  | 'ladder'
  /** Steady trials one after another, each at a load that follows from the ones before. */
  | 'search'
  /** Each client requests the next stream as soon as it has the last. */
  | 'closed-loop'
  /** Pages of a browser request more streams than it opens. */
  | 'page'
  /** A server that is not this project's is asked for streams. */
  | 'target'
  /** Single streams are requested over a path, each for a cell of a table. */
  | 'proxy-cells'
  /** Both ends of each session send, until the session is over. */
  | 'duplex'
  /** One client asks for turn after turn of a conversation. */
  | 'conversation'
  /** Clients stop streams that run, in each way of their transport. */
  | 'stops'
  /** Clients give input to streams that run, in each way of their transport. */
  | 'steers';
