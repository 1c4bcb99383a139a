// Builds the commands that create, break and remove a pair of network namespaces. Everything
// happens inside the two: the virtual interfaces are created there, and rules are loaded there, so
// the host's own network is never touched.

/** One of the two ends of the pair. */
export interface Side {
  /** Name of the namespace. */
  readonly name: string;
  readonly address: string;
  /**
   * Prefix that runs a command inside; it replaces itself with the command (exec), so the pid is
   * the command's.
   */
  readonly within: readonly [string, ...string[]];
}

export interface Command {
  readonly words: readonly [string, ...string[]];
  /** Text passed to stdin. */
  readonly input?: string;
}

const INTERFACE = 'veth0';
/** The MTU of Ethernet: loopback's is 65536. */
const MTU_BYTES = 1500;
/** Address of the server in every pair. */
const SERVER_ADDRESS = '10.203.0.1';
const TABLE = 'inet streamduel';
/** The share of lost packets is set in steps of 1/1000. */
const LOSS_STEPS = 1000;

/**
 * The addresses are the same for every pair: each pair is a network of its own, which neither the
 * host nor another pair sees. 10.203.0.0/30 has room for exactly two.
 */
export function nameSides(id: string): { server: Side; client: Side } {
  return {
    server: nameSide(`${id}-server`, SERVER_ADDRESS),
    client: nameSide(`${id}-client`, '10.203.0.2'),
  };
}

function nameSide(name: string, address: string): Side {
  return { name, address, within: ['ip', 'netns', 'exec', name] };
}

const ip = (...words: string[]): Command => ({ words: ['ip', ...words] });

export function openCommands({ server, client }: { server: Side; client: Side }): Command[] {
  const sides = [server, client];
  return [
    ...sides.map(({ name }) => ip('netns', 'add', name)),
    ip(
      '-n',
      server.name,
      'link',
      'add',
      INTERFACE,
      'type',
      'veth',
      'peer',
      'name',
      INTERFACE,
      'netns',
      client.name,
    ),
    ...sides.flatMap(({ name, address }) => [
      ip('-n', name, 'address', 'add', `${address}/30`, 'dev', INTERFACE),
      ip('-n', name, 'link', 'set', 'lo', 'up'),
      ip('-n', name, 'link', 'set', INTERFACE, 'mtu', String(MTU_BYTES), 'up'),
    ]),
  ];
}

export function linkCommand({ name }: Side, state: 'up' | 'down'): Command {
  return ip('-n', name, 'link', 'set', INTERFACE, state);
}

export const listCommand: Command = ip('netns', 'list');

/** Removes the namespace and its interfaces, at once if no process is inside any more. */
export function removeCommand(name: string): Command {
  return ip('netns', 'delete', name);
}

/**
 * Drops packets on input, because a sender whose own packet is refused gets an error, while one
 * whose packet is lost does not.
 */
export function dropCommand({ within }: Side, share: number): Command {
  const chosen =
    share === 1 ? '' : `numgen random mod ${LOSS_STEPS} < ${Math.round(share * LOSS_STEPS)} `;
  // The rule names the interface, so that a process's own traffic over loopback passes.
  const rule = `iifname "${INTERFACE}" ${chosen}drop`;
  const table = `table ${TABLE} {\n chain arriving {\n  type filter hook input priority 0\n  ${rule}\n }\n}\n`;
  return { words: nft(within), input: withoutTable + table };
}

export function healCommand({ within }: Side): Command {
  return { words: nft(within), input: withoutTable };
}

/**
 * Adds the table before deleting it, so that the deletion succeeds in any case; one file is one
 * transaction.
 */
const withoutTable = `add table ${TABLE}\ndelete table ${TABLE}\n`;

function nft([program, ...rest]: Side['within']): [string, ...string[]] {
  return [program, ...rest, 'nft', '-f', '-'];
}
