// Streams of the client libraries that are open when the server restarts behind a path. Each library
// does what it does: some try again by themselves, and may give up for good; the others are asked
// again at an even pace, as a program would.

import {
  canSpeak,
  clientStacks,
  DEFAULT_CLIENT,
  type StreamStack,
} from '../bench/contract/arms/stacks.ts';
import { transports } from '../bench/contract/arms/transports.ts';
import type { TrialSpecification } from '../bench/contract/messages.ts';
import { LIBRARY, type LibraryStream } from '../bench/contract/proxy-cells.ts';
import { NS_PER_MS, type Instant } from '../bench/contract/units.ts';
import type { stacks as stackTable } from './stacks.ts';
import type { StreamClient, StreamListener, StreamTarget } from './stream-client.ts';

type Arm = Pick<TrialSpecification, 'transport' | 'tls'>;

interface LibraryOptions {
  readonly arm: Arm;
  /** The libraries are loaded only by a trial that opens them. */
  readonly stacks: typeof stackTable;
  readonly now: () => Instant;
  readonly targetOf: (path: string) => StreamTarget;
}

type Told = LibraryStream['told'][number];

interface Watched {
  readonly client: StreamStack;
  readonly told: Told[];
  acceptedNs?: number;
  backNs?: number;
  gaveUpNs?: number;
}

/** Libraries that can receive the arm, by what they can do. */
function librariesOf({ transport, tls }: Arm, hasProxy: boolean): readonly StreamStack[] {
  return (Object.keys(clientStacks) as (keyof typeof clientStacks)[]).filter(
    (stack): stack is StreamStack => {
      const { receives, speaksTls, takesForwardProxy } = clientStacks[stack];
      return (
        receives === 'streams' &&
        stack !== DEFAULT_CLIENT &&
        canSpeak(stack, transport) &&
        (tls === undefined || speaksTls) &&
        (!hasProxy || takesForwardProxy)
      );
    },
  );
}

export class LibraryRestarts {
  readonly #options: LibraryOptions;
  readonly #watched: readonly Watched[];
  readonly #clients: readonly StreamClient[];
  #attempts = 0;
  #isOver = false;

  constructor(options: LibraryOptions, hasProxy: boolean) {
    this.#options = options;
    const { arm, stacks, now } = options;
    this.#watched = librariesOf(arm, hasProxy).map((client) => ({ client, told: [] }));
    this.#clients = this.#watched.map((watched, library) =>
      stacks[watched.client](arm.transport, { listener: this.#listener(watched, library), now }),
    );
  }

  /** Requests one stream of each. */
  open(): void {
    for (const library of this.#watched.keys()) this.#ask(library);
  }

  async close(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients.map(async (client) => await client.close()));
  }

  tally(): LibraryStream[] {
    return this.#watched.map((watched) => ({ ...watched, told: [...watched.told] }));
  }

  #ask(library: number): void {
    const { arm, targetOf } = this.#options;
    const { tokens, tokensPerSecond } = LIBRARY;
    const attempt = this.#attempts++;
    const route = transports[arm.transport].route(`library${attempt}`);
    this.#clients[library]?.open(
      attempt,
      targetOf(`${route}?n=${tokens}&rate=${tokensPerSecond}&seed=${attempt}`),
    );
  }

  #listener(watched: Watched, library: number): StreamListener {
    const tell = (cause: string, message: string, atNs: number): void => {
      if (!this.#isOver) watched.told.push({ atNs, cause, message });
    };
    return {
      onConnect: () => undefined,
      onAccept: (_stream, at) => {
        if (watched.acceptedNs === undefined) watched.acceptedNs = at;
        else watched.backNs ??= at;
      },
      onTokenBytes: () => undefined,
      onTokenText: () => undefined,
      onControl: () => undefined,
      onEnd: () => undefined,
      onLost: (_stream, cause, message, at) => tell(cause, message, at),
      onFailure: (_stream, cause, message, at) => {
        tell(cause, message, at);
        if (this.#isOver) return;
        if (clientStacks[watched.client].reconnectsItself) watched.gaveUpNs = at;
        else
          setTimeout(() => {
            if (!this.#isOver) this.#ask(library);
          }, LIBRARY.againNs / NS_PER_MS);
      },
    };
  }
}
