// A minimal client as the cases drive it: in this process, or in a page.

export interface ClientAsk {
  readonly origin: string;
  readonly id: string;
  readonly silenceMs: number;
  /** The reader stands still at the first token until it is released. */
  readonly isHeld?: boolean;
}

export interface StartedClient {
  /** Texts of the tokens so far. */
  readonly texts: () => Promise<readonly string[]>;
  /** `over`, or the words of the failure; undefined while it goes on. */
  readonly ending: () => Promise<string | undefined>;
  readonly stop: () => Promise<void>;
  readonly release: () => Promise<void>;
}

interface PreparedClient {
  /** Begins at once, so that times of faults count from here. */
  readonly start: () => Promise<StartedClient>;
  /** Ends whatever it still tries. */
  readonly end: () => Promise<void>;
}

export interface TriedClient {
  readonly prepare: (ask: ClientAsk) => Promise<PreparedClient>;
}
