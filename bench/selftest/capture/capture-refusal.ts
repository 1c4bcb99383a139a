// Explains why packets cannot be captured here, and how to fix it.

export interface CaptureRefusal {
  readonly reason: 'not-linux' | 'not-installed' | 'not-permitted' | 'failed';
  readonly message: string;
  readonly remedy: string;
}

/** Exit code of `timeout` when it does not find the program that it should run. */
const NOT_FOUND = 127;

/** @param said Text that tcpdump wrote to stderr before it ended. */
export function explainRefusal(said: string, exitCode: number | null): CaptureRefusal {
  if (said.includes('spawn timeout ENOENT'))
    return {
      reason: 'not-installed',
      message: 'the program timeout is not installed',
      remedy: 'apt-get install coreutils',
    };
  if (exitCode === NOT_FOUND)
    return {
      reason: 'not-installed',
      message: 'tcpdump is not installed',
      remedy: 'apt-get install tcpdump',
    };
  const lines = said.trim().replaceAll(/\s*\n\s*/g, ' ');
  if (/permission|permitted/i.test(said)) {
    return {
      reason: 'not-permitted',
      message: `tcpdump may not capture: ${lines}`,
      remedy:
        'run it as root, or allow tcpdump once: sudo setcap cap_net_raw+ep "$(command -v tcpdump)"',
    };
  }
  return {
    reason: 'failed',
    message: `tcpdump did not start: ${lines === '' ? 'it said nothing' : lines}`,
    remedy: 'try it by hand: tcpdump -i lo -c 1',
  };
}
