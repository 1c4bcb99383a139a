// Explains why a network of our own is unavailable here, and the fix, from the output of a command
// that failed.

export interface NetworkRefusal {
  readonly why: string;
  readonly remedy: string;
}

/** One command that was run and failed. */
export interface FailedCommand {
  readonly command: readonly string[];
  /** The command's stderr, or the system's message when it did not start. */
  readonly said: string;
  /** The system's code when it did not start, e.g. `ENOENT`. */
  readonly code?: string | undefined;
}

export const notLinux = (platform: string): NetworkRefusal => ({
  why: `network namespaces exist on Linux only, this is ${platform}`,
  remedy: 'run it on Linux',
});

export function explainNetworkRefusal({ command, said, code }: FailedCommand): NetworkRefusal {
  const lines = said.trim().replaceAll(/\s*\n\s*/g, ' ');
  const line = command.join(' ');
  if (code === 'ENOENT')
    return {
      why: `the program ${command[0]} is not installed`,
      remedy: 'apt-get install iproute2',
    };
  // `ip netns exec` reports this about the program it should run.
  if (/exec of "nft" failed: No such file/.test(said)) {
    return { why: 'the program nft is not installed', remedy: 'apt-get install nftables' };
  }
  if (/permission|permitted|must be root/i.test(said)) {
    return {
      why: `this process may not make network namespaces: ${lines}`,
      remedy:
        'run it as root, or with sudo; in a container also: --cap-add NET_ADMIN --cap-add SYS_ADMIN',
    };
  }
  return {
    why: `${line}: ${lines === '' ? 'it failed and said nothing' : lines}`,
    remedy: `as root, try it by hand: ${line}`,
  };
}
