// Makes the sentences on the arms that took part from their descriptions: a sentence names only
// what was there. Transports come in the order of their table, whatever the order of the arms.

import type { Arm } from '../contract/arms/arms.ts';
import { paths } from '../contract/arms/paths.ts';
import type { TransportDescription } from '../contract/arms/transport-description.ts';
import { transportIds, transports, type TransportId } from '../contract/arms/transports.ts';
import type { Writes } from '../contract/arms/writes.ts';
import { capitalised } from './format.ts';

/** A target's server writes in its own way, of which nothing is said. */
type Carried = Pick<Arm, 'transport' | 'target'>;

export function transportIdsOf(arms: readonly Carried[]): readonly TransportId[] {
  return transportIds.filter((id) =>
    arms.some(({ transport, target }) => transport === id && target === undefined),
  );
}

export function transportsOf(arms: readonly Carried[]): readonly TransportDescription[] {
  return transportIdsOf(arms).map((id) => transports[id]);
}

const conjunction = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** `a, b and c` */
export function listWords(words: readonly string[]): string {
  return conjunction.format(words);
}

/** Libraries of the servers that frame and send for these arms, each once. */
export function librariesOf(arms: readonly Carried[]): readonly string[] {
  return [...new Set(transportsOf(arms).flatMap(({ twin }) => twin.library ?? []))];
}

/**
 * The libraries that send at this moment by default; arms that are written otherwise are
 * left out.
 */
export function librariesThatWrite(
  mode: Writes,
  arms: readonly (Carried & Pick<Arm, 'writes'>)[],
): readonly string[] {
  return librariesOf(
    arms.filter(
      ({ transport, writes }) => writes === undefined && transports[transport].twin.writes === mode,
    ),
  );
}

/** Transports that end a stream by a handshake come first. */
export function handshakesFirst(
  list: readonly TransportDescription[],
): readonly TransportDescription[] {
  const byHandshake = list.filter(({ capabilities }) => capabilities.closingHandshake);
  return [...byHandshake, ...list.filter((one) => !byHandshake.includes(one))];
}

interface Absences {
  /** The consequence of the absences, as a sentence. */
  readonly consequence: string;
  /** Proxies in the way besides those of the arms' paths. */
  readonly proxies?: readonly string[];
}

/**
 * `No TLS, no HTTP/2, no compression and no proxy took part.`: what real deployments often have and
 * none of these arms had.
 */
export function absences(
  arms: readonly Arm[],
  { consequence, proxies = [] }: Absences,
): readonly string[] {
  const carried = arms.map(({ transport }) => transports[transport].capabilities);
  const ways = arms.map(({ path }) => paths[path]);
  const between = [...new Set([...ways.flatMap(({ proxy }) => proxy ?? []), ...proxies])];
  const absent = [
    ...(ways.some(({ hasTls }) => hasTls) || arms.some(({ tls }) => tls === true)
      ? []
      : ['no TLS']),
    ...(carried.some(({ http }) => http === 2) ? [] : ['no HTTP/2']),
    ...(carried.some(({ compressed }) => compressed) ? [] : ['no compression']),
    ...(between.length === 0 ? ['no proxy'] : []),
  ];
  const clauses = [
    ...(absent.length === 0 ? [] : [`${listWords(absent)} took part`]),
    ...(between.length === 0
      ? []
      : [`the only ${between.length === 1 ? 'proxy is' : 'proxies are'} ${listWords(between)}`]),
  ];
  return clauses.length === 0 ? [] : [`${capitalised(clauses.join(', and '))}. ${consequence}`];
}
