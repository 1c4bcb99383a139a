// Brings one fault to a relay: strikes at its moment, heals when it is over, and keeps account of when that really was.

import type { Socket } from 'node:net';
import type { RelayFault } from '../contract/faults.ts';
import type { RelayFaultTally } from '../contract/recovery.ts';
import { setAlarm, type Alarm } from './alarm.ts';
import { behaviourOf, type FaultBehaviour, type FaultCounts, type FaultyRelay, type Phase } from './fault-behaviours.ts';
import type { Link } from './link.ts';

interface PlannedFault {
  readonly fault: RelayFault;
  /** On the relay's clock. What lasts from the start does so from `start` on; its moment is only the one at which it is counted whom it concerns. */
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

  /** Call when the clock counts from T0; connections of before, a rehearsal, pass untouched unless they still stand. */
  start(): void {
    this.#isStarted = true;
    this.#behaviour.atStart?.();
    this.#alarm = setAlarm(this.#faultNs, this.#relay.now, () => this.#strike());
  }

  /** Joins a new connection to the server, or does with it what the fault does. */
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
    if (forNs !== undefined) this.#alarm = setAlarm(this.#struckNs + forNs, now, () => void this.#heal());
  }

  async #heal(): Promise<void> {
    this.#phase = 'after';
    const beganNs = this.#relay.now();
    const healed = this.#behaviour.heal?.();
    // What is let go at once begins to arrive while the last of it is still being let go.
    this.#healedNs = beganNs;
    if (healed === undefined) return;
    await healed;
    this.#healedNs = this.#relay.now();
  }
}
