// An arm of a comparison: its name, its title, and what follows from its parts together.

import type { Injection } from '../injection.ts';
import { DEFAULT_PATH, type PathName } from './paths.ts';
import { clientStacks, DEFAULT_CLIENT, isBrowser, type ClientStack } from './stacks.ts';
import { transportIds, transports, type TransportId } from './transports.ts';
import { uplinks, type Uplink } from './uplink.ts';
import { writesTitles, type Writes } from './writes.ts';

export interface Arm {
  readonly transport: TransportId;
  /** Absent for the default behaviour of the transport's library. */
  readonly writes?: Writes | undefined;
  /**
   * Set where streams of the transport share connections and the client is told how many do. Where
   * the client itself decides that: how many the server allows, and absent where it does not say.
   */
  readonly streamsPerConnection?: number | undefined;
  /** How the client sends, where the stream's own connection only leads to it; absent elsewhere. */
  readonly uplink?: Uplink | undefined;
  /** Set for an arm over TLS 1.3. */
  readonly tls?: true | undefined;
  readonly client: ClientStack;
  readonly path: PathName;
  /** The name of a server that is not this project's; absent for the twins. */
  readonly target?: string | undefined;
  /**
   * Tells arms apart that are otherwise equal: the copy of an A/A pair, or the name of an injected
   * effect.
   */
  readonly label?: string | undefined;
  readonly injection?: Injection | undefined;
}

/**
 * Label of the arm that repeats the baseline: any difference between the two is noise of the
 * harness.
 */
export const COPY_LABEL = 'copy';

/** The end of a transport's name in `--transports`, for TLS. */
export const TLS_SUFFIX = 'tls';

/** `sse`, `sse+at-once`, `sse-h2:6+tls`: the transport of an arm as `--transports` names it. */
export function writtenTransport({
  transport,
  writes,
  streamsPerConnection,
  uplink,
  tls,
}: Pick<Arm, 'transport' | 'writes' | 'streamsPerConnection' | 'uplink' | 'tls'>): string {
  const shared = streamsPerConnection === undefined ? '' : `:${streamsPerConnection}`;
  const suffixes = [
    ...(writes === undefined ? [] : [writes]),
    ...(uplink === undefined ? [] : [uplink]),
    ...(tls === true ? [TLS_SUFFIX] : []),
  ];
  return [`${transport}${shared}`, ...suffixes].join('+');
}

/** Whether a connection carries several streams at a time. */
export function sharesConnections({ transport }: Pick<Arm, 'transport'>): boolean {
  return transports[transport].capabilities.streamsPerConnection === 'many';
}

/**
 * Whether the arm says how many streams share a connection: they can, and the client does not decide
 * it.
 */
export function isToldSharing({ transport, client }: Pick<Arm, 'transport' | 'client'>): boolean {
  return sharesConnections({ transport }) && clientStacks[client].sharesConnections !== 'by-itself';
}

/** The form of its name in `--transports`: `sse-h2:K` where the user says how many share a connection. */
export function transportForm(
  transport: TransportId,
  client: ClientStack = DEFAULT_CLIENT,
): string {
  return isToldSharing({ transport, client }) ? `${transport}:K` : transport;
}

/** Whether the client speaks the transport over TLS only. */
export function needsTls({ transport, client }: Pick<Arm, 'transport' | 'client'>): boolean {
  return isBrowser(client) && transports[transport].inBrowser?.needsTls === true;
}

/** Most streams that one browser opens at once to the server of this arm; undefined for no page. */
export function mostStreamsInPage({
  transport,
  streamsPerConnection,
}: Pick<Arm, 'transport' | 'streamsPerConnection'>): number | undefined {
  const { inBrowser } = transports[transport];
  return streamsPerConnection === undefined
    ? inBrowser?.mostStreams
    : Math.min(streamsPerConnection, inBrowser?.mostAllowed ?? Number.POSITIVE_INFINITY);
}

/** `sse`, `sse+at-once`, `sse-h2:6`, `ws/library`, `sse+copy`: unique within a run. */
export function armName(arm: Arm): string {
  const { client, path, target, label } = arm;
  const receiver = client === DEFAULT_CLIENT ? '' : `/${client}`;
  const way = path === DEFAULT_PATH ? '' : `@${path}`;
  return `${target ?? writtenTransport(arm)}${receiver}${way}${label === undefined ? '' : `+${label}`}`;
}

/** Names the streams that share a connection; undefined where each has its own. */
function sharingTitle(
  arm: Pick<Arm, 'transport' | 'client' | 'streamsPerConnection'>,
): string | undefined {
  const { streamsPerConnection } = arm;
  if (!sharesConnections(arm)) return undefined;
  if (!isToldSharing(arm))
    return streamsPerConnection === undefined
      ? 'as many a connection as the browser chooses'
      : `server allows ${streamsPerConnection} a connection`;
  if (streamsPerConnection === undefined) return undefined;
  // The last connection may have room, and so has each where there are fewer streams than that.
  return streamsPerConnection === 1
    ? '1 a connection'
    : `up to ${streamsPerConnection} a connection`;
}

/**
 * `SSE`, `SSE (written at once)`, `WebSocket (library client)`, `SSE (copy)`; a target has its own
 * name.
 */
export function armTitle(arm: Arm): string {
  const { transport, writes, uplink, tls, client, path, target, label } = arm;
  const sharing = sharingTitle(arm);
  const notes = [
    ...(writes === undefined ? [] : [writesTitles[writes]]),
    ...(uplink === undefined ? [] : [`${uplinks[uplink].title} up`]),
    ...(sharing === undefined ? [] : [sharing]),
    ...(tls === true ? ['TLS'] : []),
    ...(client === DEFAULT_CLIENT ? [] : [`${client} client`]),
    ...(path === DEFAULT_PATH ? [] : [`via ${path}`]),
    ...(label === undefined ? [] : [label]),
  ];
  return `${target ?? transports[transport].title}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
}

/** Whether the arm only shows the noise between equal arms and is not compared. */
export function isCopy({ label }: Arm): boolean {
  return label === COPY_LABEL;
}

/** The null arm as a run measures it by default. */
export const nullArm: Arm = {
  transport: transportIds.find((transport) => transports[transport].isNullArm) as TransportId,
  client: DEFAULT_CLIENT,
  path: DEFAULT_PATH,
};

/**
 * The path common to all arms; the default one when one altered arm of a self-test has another than
 * the rest.
 */
export function commonPath(arms: readonly Pick<Arm, 'path'>[]): PathName {
  const [path = DEFAULT_PATH, ...others] = new Set(arms.map((arm) => arm.path));
  return others.length === 0 ? path : DEFAULT_PATH;
}

/** Whether the server of the arm answers plain HTTP/1.1, too. */
export function answersPlainHttp({ transport, tls }: Pick<Arm, 'transport' | 'tls'>): boolean {
  return transports[transport].capabilities.http === 1 && tls !== true;
}

const httpNames = { 1: 'HTTP/1.1', 2: 'HTTP/2' } as const;

/** `HTTP/1.1`: the versions of HTTP that carry or open the streams of these arms, each once. */
export function httpVersionsOf(arms: readonly Pick<Arm, 'transport'>[]): readonly string[] {
  const versions = arms.flatMap(({ transport }) => transports[transport].capabilities.http ?? []);
  return [...new Set(versions)].toSorted((a, b) => a - b).map((version) => httpNames[version]);
}

/** Whether a connection may carry more than one stream, so that a socket's counts are of several. */
export function reusesConnections({
  transport,
  client,
}: Pick<Arm, 'transport' | 'client'>): boolean {
  const { duplex } = transports[transport].capabilities;
  return sharesConnections({ transport }) || (clientStacks[client].keepsConnections && !duplex);
}

/** Whether tokens travel in frames that nothing counts: a page does not see those of HTTP/2. */
export function hasUnseenFrames({ transport, client }: Pick<Arm, 'transport' | 'client'>): boolean {
  return isBrowser(client) && transports[transport].capabilities.http === 2;
}
