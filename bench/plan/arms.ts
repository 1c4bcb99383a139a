// Parses flags into the arms of a run.

import {
  armName,
  COPY_LABEL,
  isToldSharing,
  needsTls,
  sharesConnections,
  TLS_SUFFIX,
  type Arm,
} from '../contract/arms/arms.ts';
import { DEFAULT_PATH, pathNames, type PathName } from '../contract/arms/paths.ts';
import {
  canSpeak,
  clientStackIds,
  clientStacks,
  DEFAULT_CLIENT,
  isBrowser,
  type ClientStack,
} from '../contract/arms/stacks.ts';
import { transportIds, transports, type TransportId } from '../contract/arms/transports.ts';
import { uplinkNames, type Uplink } from '../contract/arms/uplink.ts';
import { BenchError } from '../contract/errors.ts';
import type { LeftOut } from '../contract/left-out.ts';
import type { Plan, ScenarioId } from '../contract/run-file.ts';
import type { RunFlags } from '../flags/run-flags.ts';
import { checkNeeds, whyUnmet, type Needs } from './needs.ts';
import { readPath, whyNotOver } from './path.ts';
import { parseList, pickName, usageError } from './quantities.ts';

/**
 * `sse`, `sse-h2:6` where streams share a connection; `sse/library` or `sse@relay` for one arm with
 * a client stack or a path of its own.
 */
export type ArmText =
  | TransportId
  | `${TransportId}:${number}`
  | `${TransportId}/${ClientStack}`
  | `${TransportId}+${Uplink}`
  | `${TransportId}+${typeof TLS_SUFFIX}`
  | `${TransportId}@${PathName}`
  | `${TransportId}+${typeof TLS_SUFFIX}@${PathName}`;

/** Stands for every transport that the scenario can measure with the common client stack. */
export const ALL_ARMS = 'all';

export interface ArmsPlace {
  readonly scenario: ScenarioId;
  /** Default arms without --transports. */
  readonly usual: readonly ArmText[] | typeof ALL_ARMS;
  /** Default arms with this client stack, where they are others. */
  readonly usualOf?: { readonly [Stack in ClientStack]?: readonly ArmText[] } | undefined;
  /** Whether `all` includes the null arm; not when absent. */
  readonly hasNullArm?: boolean | undefined;
  /** Client stack of arms that name none; the default one when absent. */
  readonly client?: ClientStack | undefined;
  readonly needs: Needs;
  /** Why other flags exclude an arm from `all`, as a predicate; undefined when they do not. */
  readonly whyExcluded?: ((arm: Pick<Arm, 'transport'>) => string | undefined) | undefined;
  /** Scenarios that take such an arm. */
  readonly takers: (arm: Pick<Arm, 'transport' | 'client'>) => readonly ScenarioId[];
  /** Set where the scenario takes no path; `why` ends a sentence, where there is a reason. */
  readonly refusesPath?: { readonly why: string | undefined } | undefined;
}

function readArms(flags: RunFlags, place: ArmsPlace): Plan['arms'] {
  const common = commonClient(flags, place);
  const readArm = (entry: string): Plan['arms'][number] => {
    const { arm, path } = readArmPath(entry, flags, place);
    const [text = '', stack] = arm.split('/', 2);
    const client = stack === undefined ? common : pickName('client stack', stack, clientStackIds);
    const written = readTransport(text, client, place);
    const hasTls = flags.tls === true || needsTls({ ...written, client });
    return {
      ...written,
      ...(hasTls && { tls: true as const }),
      client,
      path,
    };
  };
  const asked = askedArms(flags, place);
  if (asked === ALL_ARMS) return sortAll(flags, place).taken.map(readArm);
  // The null arm of a preset is left out where it cannot pass.
  if (typeof asked !== 'string') {
    // A client that the scenario does not take is refused before what it lacks in a later arm.
    checkNeeds(
      asked
        .slice(0, 1)
        .map(readArm)
        .filter(({ client, transport }) => canSpeak(client, transport)),
      place,
    );
    return asked.map(readArm).filter(canPass);
  }
  const entries = parseList('--transports', asked);
  if (entries.some((entry) => entry.split(/[/+:@]/, 1)[0] === ALL_ARMS))
    throw usageError(
      '--transports',
      asked,
      `${ALL_ARMS} by itself, with --client for its client stack, or a list of arms`,
    );
  const picked = entries.map(readArm);
  const repeated = picked.map(armName).find((name, index, names) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw usageError('--transports', asked, `each arm once; ${repeated} is there twice`);
  const [baseline, ...others] = picked;
  if (baseline !== undefined && transports[baseline.transport].isNullArm && others.length > 0)
    throw usageError(
      '--transports',
      asked,
      `a transport other than the null arm ${baseline.transport} as the first: it is the baseline`,
    );
  return picked;
}

function canPass({ path, transport, client }: Arm): boolean {
  return whyNotOver(path, { transport, client }) === undefined;
}

/** Parses `@relay` at the end of an arm, which replaces --path. @throws BenchError */
function readArmPath(
  entry: string,
  flags: RunFlags,
  { scenario, refusesPath }: ArmsPlace,
): { readonly arm: string; readonly path: PathName } {
  const [arm = '', name, ...more] = entry.split('@');
  if (name === undefined) return { arm, path: readPath(flags.path) };
  if (more.length > 0) throw usageError('--transports', entry, 'one path at the end of an arm');
  const path = pickName('path', name, pathNames);
  if (path === DEFAULT_PATH || refusesPath === undefined) return { arm, path };
  const reason = refusesPath.why === undefined ? '' : `: ${refusesPath.why}`;
  throw new BenchError(
    'USAGE',
    `--transports ${entry}: scenario ${scenario} takes no path${reason}`,
  );
}

/** The list of --transports, or the default arms. */
function askedArms(flags: RunFlags, place: ArmsPlace): string | readonly ArmText[] {
  return flags.transports ?? place.usualOf?.[commonClient(flags, place)] ?? place.usual;
}

function commonClient({ client }: RunFlags, place: ArmsPlace): ClientStack {
  return pickName('client stack', client ?? place.client ?? DEFAULT_CLIENT, clientStackIds);
}

/** Streams that may share a connection. */
const MOST_STREAMS_PER_CONNECTION = 1000;

/**
 * Parses `sse`; `sse+at-once` for a write mode other than the library's default; `sse-h2:6` for six
 * streams on a connection; `sse+posts` for how the client sends, in a scenario in which it does;
 * `sse+tls` for TLS.
 */
function readTransport(
  text: string,
  client: ClientStack,
  { scenario, needs }: Pick<ArmsPlace, 'scenario' | 'needs'>,
): Pick<Arm, 'transport' | 'writes' | 'streamsPerConnection' | 'uplink' | 'tls'> {
  const [written = '', ...suffixes] = text.split('+');
  const [name = '', shared] = written.split(':', 2);
  const transport = pickName('transport', name, transportIds);
  const streamsPerConnection = readShared({ transport, client }, shared);
  const hasTls = suffixes.at(-1) === TLS_SUFFIX;
  const others = hasTls ? suffixes.slice(0, -1) : suffixes;
  if (needs.includes('upward') && transports[transport].capabilities.upward === 'requests') {
    const uplink = uplinkNames.find((name) => name === others[0]);
    if (uplink !== undefined && others.length === 1)
      return { transport, uplink, ...(hasTls && { tls: true }) };
    throw usageError(
      '--transports',
      text,
      `${listAlternatives(uplinkNames.map((name) => `${transport}+${name}`))} in scenario ${scenario}: its stream only leads to the client, so the arm says how the client sends`,
    );
  }
  const [suffix, ...more] = others;
  if (needs.includes('upward') && suffix !== undefined)
    throw usageError(
      '--transports',
      text,
      `${transport}, and +${TLS_SUFFIX} at the end for TLS, in scenario ${scenario}`,
    );
  const writes = transports[transport].twin.otherWrites?.mode;
  if (more.length > 0 || (suffix !== undefined && suffix !== writes))
    throw usageError(
      '--transports',
      text,
      `${transport}${writes === undefined ? '' : ` or ${transport}+${writes}`}, and +${TLS_SUFFIX} at the end for TLS`,
    );
  return {
    transport,
    ...(suffix !== undefined && { writes }),
    ...(streamsPerConnection !== undefined && { streamsPerConnection }),
    ...(hasTls && { tls: true }),
  };
}

/**
 * The number of streams that share a connection, or that a server allows on one where the client
 * decides; undefined where none do, and where the server does not say.
 */
function readShared(
  arm: Pick<Arm, 'transport' | 'client'>,
  text: string | undefined,
): number | undefined {
  const { transport } = arm;
  const isAsked = isToldSharing(arm) && canSpeak(arm.client, transport);
  if (text === undefined && !isAsked) return undefined;
  if (text !== undefined && sharesConnections(arm)) {
    const streams = /^\d{1,4}$/.test(text) ? Number(text) : 0;
    if (streams >= 1 && streams <= MOST_STREAMS_PER_CONNECTION) return streams;
    throw usageError(
      '--transports',
      `${transport}:${text}`,
      `${transport}:K with K from 1 to ${MOST_STREAMS_PER_CONNECTION}`,
    );
  }
  throw text === undefined
    ? usageError(
        '--transports',
        transport,
        `${transport}:K, K streams on each connection, such as ${transport}:6`,
      )
    : usageError(
        '--transports',
        `${transport}:${text}`,
        `${transport} alone: each of its streams has a connection of its own`,
      );
}

interface SortedTransports {
  readonly taken: readonly string[];
  readonly leftOut: LeftOut;
}

/** Sorts them in the order of the table of transports, whose first one is the baseline. */
function sortAll(flags: RunFlags, place: ArmsPlace): SortedTransports {
  const client = commonClient(flags, place);
  const all = transportIds.filter((id) => !transports[id].isNullArm || place.hasNullArm === true);
  const reasons = new Map(
    all.flatMap((transport) => {
      const why =
        whyLeftOut({ transport, client }, place) ??
        whyNotOver(readPath(flags.path), { transport, client });
      return why === undefined ? [] : [[transport, why] as const];
    }),
  );
  // A run without any arm is refused by the names of those that its client stack speaks.
  const textsOf = (id: TransportId): readonly string[] =>
    place.needs.includes('upward') && transports[id].capabilities.upward === 'requests'
      ? uplinkNames.map((name) => `${id}+${name}`)
      : [armTextOf(id, client)];
  if (reasons.size === all.length)
    return {
      taken: all.filter((id) => canSpeak(client, id)).flatMap(textsOf),
      leftOut: [],
    };
  return {
    taken: all.filter((id) => !reasons.has(id)).flatMap(textsOf),
    leftOut: Array.from(reasons, ([transport, why]) => ({ transport, why })),
  };
}

/** Streams on each connection of an arm that nobody chose, where the client is told. */
const STREAMS_PER_CONNECTION = 100;

function armTextOf(transport: TransportId, client: ClientStack): string {
  return isToldSharing({ transport, client })
    ? `${transport}:${STREAMS_PER_CONNECTION}`
    : transport;
}

function whyLeftOut(
  arm: Pick<Arm, 'transport' | 'client'>,
  { needs, whyExcluded }: ArmsPlace,
): string | undefined {
  if (!canSpeak(arm.client, arm.transport)) return `is not spoken by client stack ${arm.client}`;
  return whyUnmet(needs, arm) ?? whyExcluded?.(arm);
}

/** Empty unless the arms are `all`. */
export function listLeftOut(flags: RunFlags, place: ArmsPlace): LeftOut {
  return askedArms(flags, place) === ALL_ARMS ? sortAll(flags, place).leftOut : [];
}

/**
 * With --aa the baseline is added once more, under another name, through the same code: a
 * difference between the two is noise.
 */
export function planArms(flags: RunFlags, place: ArmsPlace): Plan['arms'] {
  const arms = readArms(flags, place);
  // A client that the scenario does not take at all is refused for that.
  checkNeeds(
    arms.filter(({ transport, client }) => canSpeak(client, transport)),
    place,
  );
  for (const { transport, client } of arms) {
    if (canSpeak(client, transport)) continue;
    const able = likeStack(client, transport);
    const alone = `--transports ${clientStacks[client].speaks[0]}/${client},${armTextOf(transport, able)}/${able}`;
    throw usageError('--client', client, `a stack that speaks ${transport}; for one arm: ${alone}`);
  }
  for (const { client, tls } of arms)
    if (tls === true && !clientStacks[client].speaksTls)
      throw usageError(
        '--client',
        client,
        `${listAlternatives(clientStackIds.filter((stack) => clientStacks[stack].speaksTls))}: no other connects over TLS here`,
      );
  for (const arm of arms) {
    const why = whyNotOver(arm.path, arm);
    if (why !== undefined)
      throw usageError(
        '--transports',
        armName(arm),
        `an arm that passes ${arm.path}: this one ${why}`,
      );
  }
  const [baseline] = arms;
  return flags.aa === true && baseline !== undefined
    ? [...arms, { ...baseline, label: COPY_LABEL }]
    : arms;
}

function listAlternatives(names: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names);
}

/**
 * The stack that speaks the transport and is most like this one: received by a page or not, and
 * rather a library than the probe.
 */
function likeStack(client: ClientStack, transport: TransportId): ClientStack {
  const able = clientStackIds.filter(
    (stack) =>
      stack !== DEFAULT_CLIENT &&
      canSpeak(stack, transport) &&
      (isBrowser(client) || !isBrowser(stack)),
  );
  return able.find((stack) => isBrowser(stack) === isBrowser(client)) ?? able[0] ?? DEFAULT_CLIENT;
}
