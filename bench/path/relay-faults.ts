// Applies one fault to a relay: strikes at its moment, heals when it is over, and records the
// actual times of both.

import type { Socket } from 'node:net';
import type { RelayFault } from '../contract/faults.ts';
import type { RelayFaultTally } from '../contract/recovery.ts';
import { setAlarm, type Alarm } from './alarm.ts';
import {
  behaviourOf,
  type FaultBehaviour,
  type FaultCounts,
  type FaultyRelay,
  type Phase,
} from './fault-behaviours.ts';
import type { Link } from './link.ts';

interface PlannedFault {
  readonly fault: RelayFault;
  /**
   * On the relay's clock. Faults that last from the start act from `start` on; for them, this
   * moment only counts affected connections.
   */
  readonly faultNs: number;
}

export class RelayFaults {
  readonly #faultNs: number;
  readonly #relay: FaultyRelay;
  readonly #behaviour: FaultBehaviour;
  readonly #counts: FaultCounts = { idleCuts: 0, byteCuts: 0, answered: 0, held: 0 };
  #isStarted = false;
  #phase: Phase = 'before';
  #alarm: Alarm | undefined;
  #hit = 0;
  #struckNs: number | undefined;
  #healedNs: number | undefined;

  constructor({ fault, faultNs }: PlannedFault, relay: FaultyRelay) {
    this.#faultNs = faultNs;
    this.#relay = relay;
    this.#behaviour = behaviourOf(fault, relay, this.#counts);
  }

  /**
   * To be called when the clock counts from T0; connections from before, of a rehearsal, pass
   * untouched unless still open.
   */
  start(): void {
    this.#isStarted = true;
    this.#behaviour.atStart?.();
    this.#alarm = setAlarm(this.#faultNs, this.#relay.now, () => this.#strike());
  }

  /** Joins a new connection to the server, or handles it as the fault requires. */
  admit(client: Socket): void {
    const { takeOver } = this.#behaviour;
    if (this.#phase === 'outage' && takeOver !== undefined) takeOver(client);
    else this.#relay.join(client);
  }

  onOpen(link: Link): void {
    if (this.#isStarted) this.#behaviour.onOpen?.(link, this.#phase);
  }

  tally(): RelayFaultTally {
    return {
      ...(this.#struckNs !== undefined && { faultNs: this.#struckNs }),
      ...(this.#healedNs !== undefined && { healNs: this.#healedNs }),
      hit: this.#hit,
      ...this.#counts,
    };
  }

  close(): void {
    this.#alarm?.stop();
  }

  #strike(): void {
    const { strike, forNs } = this.#behaviour;
    const { now, links } = this.#relay;
    this.#struckNs = now();
    this.#hit = links().length;
    this.#phase = forNs === undefined ? 'after' : 'outage';
    strike?.();
    if (forNs !== undefined)
      this.#alarm = setAlarm(this.#struckNs + forNs, now, () => void this.#heal());
  }

  async #heal(): Promise<void> {
    this.#phase = 'after';
    const beganNs = this.#relay.now();
    const healed = this.#behaviour.heal?.();
    // Set to the time before the release: the first held bytes arrive while the last are still
    // being released.
    this.#healedNs = beganNs;
    if (healed === undefined) return;
    await healed;
    this.#healedNs = this.#relay.now();
  }
}
