// Checks the abilities that a scenario needs of its arms, read from their descriptors: an arm that
// lacks it is refused before anything starts, by name, with the stacks or transports that have it.

import { armName, sharesConnections, transportForm, type Arm } from '../contract/arms/arms.ts';
import { canSpeak, clientStackIds, clientStacks, DEFAULT_CLIENT } from '../contract/arms/stacks.ts';
import { tellWaysOf } from '../contract/arms/stop-ways.ts';
import { transportIds, transports } from '../contract/arms/transports.ts';
import { BenchError } from '../contract/errors.ts';

type Asked = Pick<Arm, 'transport' | 'client'>;

interface Ability {
  /** The part of an arm that has it or lacks it. */
  readonly of: keyof Asked;
  readonly has: (arm: Asked) => boolean;
  /** Predicate of a sentence on an arm without it, after the arm's name. */
  readonly lack: string;
}

const abilities = {
  'single-streams': {
    of: 'client',
    has: ({ client }) => clientStacks[client].receives !== 'responses',
    lack: 'is received by a load generator, and a load generator asks for whole streams and sees no tokens',
  },
  'own-sockets': {
    of: 'client',
    has: ({ client }) => clientStacks[client].receives !== 'page',
    lack: 'is received by a page, whose sockets and reads cannot be seen',
  },
  'page-interfaces': {
    of: 'client',
    has: ({ client }) => clientStacks[client].usesPageInterfaces,
    lack: 'is not received by a page with the interfaces that browsers have for streams',
  },
  'told-attempts': {
    of: 'client',
    has: ({ client }) => !clientStacks[client].reconnectsItself,
    lack: 'reconnects by itself, so it is not the harness that decides when a stream begins',
  },
  'shared-connections': {
    of: 'client',
    has: ({ client }) => clientStacks[client].keepsAsTold,
    lack: 'cannot be told which streams follow one another on a connection',
  },
  'stopped-reading': {
    of: 'client',
    has: ({ client }) => clientStacks[client].stopsReading,
    lack: 'cannot be told to stop reading',
  },
  'told-stops': {
    of: 'client',
    has: ({ client }) => clientStacks[client].stopsAsTold,
    lack: 'cannot be told in which way to stop a stream',
  },
  'told-input': {
    of: 'transport',
    has: ({ transport }) => tellWaysOf(transports[transport].stops).length > 0,
    lack: 'has no way here in which its client gives input to a stream that runs',
  },
  'own-connections': {
    of: 'transport',
    has: (arm) => !sharesConnections(arm),
    lack: 'puts several streams on a connection, so that what happens to one connection happens to all of them',
  },
  incremental: {
    of: 'transport',
    has: ({ transport }) => transports[transport].capabilities.incremental,
    lack: 'sends a stream as a whole, once all of it is generated',
  },
  upward: {
    of: 'transport',
    has: ({ transport, client }) =>
      transports[transport].capabilities.upward !== 'no' && client === DEFAULT_CLIENT,
    lack: 'leads to the client only: the twins take no frames from it, or the client stack sends none',
  },
  'unplanned-streams': {
    of: 'transport',
    has: ({ transport }) => transports[transport].capabilities.unplannedStreams,
    lack: 'has no words to ask for a stream that was not planned',
  },
  conversations: {
    of: 'transport',
    has: ({ transport }) => transports[transport].capabilities.conversations === true,
    lack: 'has no form in which a client sends the turns of a conversation',
  },
} as const satisfies Record<string, Ability>;

type AbilityName = keyof typeof abilities;

/** In the order in which they are checked. */
export type Needs = readonly AbilityName[];

export function meets(needs: Needs, arm: Asked): boolean {
  return whyUnmet(needs, arm) === undefined;
}

/** The first ability that the arm lacks, as a predicate after its name; undefined for none. */
export function whyUnmet(needs: Needs, arm: Asked): string | undefined {
  const missing = needs.find((need) => !abilities[need].has(arm));
  return missing && abilities[missing].lack;
}

interface NeedsPlace {
  readonly scenario: string;
  readonly needs: Needs;
  /** Scenarios that take such an arm. */
  readonly takers: (arm: Asked) => readonly string[];
}

/** @throws BenchError USAGE for the first arm that lacks what the scenario needs. */
export function checkNeeds(arms: readonly Arm[], { scenario, needs, takers }: NeedsPlace): void {
  for (const arm of arms) {
    const missing = needs.find((need) => !abilities[need].has(arm));
    if (missing === undefined) continue;
    const { of, lack } = abilities[missing];
    const flag = of === 'client' ? '--client' : '--transports';
    const others = takers(arm);
    throw new BenchError(
      'USAGE',
      `${flag} ${arm[of]}: expected ${alternatives(arm, of, needs)} in scenario ${scenario}: ${armName(arm)} ${lack}`,
      {
        ...(others.length > 0 && { hint: `scenarios that take it: ${others.join(', ')}` }),
      },
    );
  }
}

/**
 * `probe or library`: what would make this arm one that the scenario takes, changed in one part
 * only.
 */
function alternatives({ transport, client }: Asked, of: keyof Asked, needs: Needs): string {
  const isTaken = (arm: Asked): boolean => canSpeak(arm.client, arm.transport) && meets(needs, arm);
  const able =
    of === 'client'
      ? clientStackIds.filter((other) => isTaken({ transport, client: other }))
      : transportIds
          .filter((other) => isTaken({ transport: other, client }))
          .map((other) => transportForm(other, client));
  return able.length === 0
    ? 'another arm'
    : new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(able);
}
