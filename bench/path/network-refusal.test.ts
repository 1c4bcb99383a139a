import { expect, it } from 'vitest';
import { explainNetworkRefusal } from './network-refusal.ts';

it('a program that is missing is named with its package', () => {
  expect(
    explainNetworkRefusal({
      command: ['ip', 'netns', 'add', 'x'],
      said: 'spawn ip ENOENT',
      code: 'ENOENT',
    }),
  ).toEqual({
    why: 'the program ip is not installed',
    remedy: 'apt-get install iproute2',
  });
  const said = 'exec of "nft" failed: No such file or directory\n';
  expect(
    explainNetworkRefusal({ command: ['ip', 'netns', 'exec', 'x', 'nft', '-f', '-'], said }),
  ).toEqual({
    why: 'the program nft is not installed',
    remedy: 'apt-get install nftables',
  });
});

it('a missing right leads to root, whatever the words for it', () => {
  for (const said of [
    'mount --make-shared /run/netns failed: Operation not permitted\n',
    'Operation not permitted (you must be root)',
  ]) {
    const { why, remedy } = explainNetworkRefusal({ command: ['ip', 'netns', 'add', 'x'], said });
    expect(why).toContain(said.trim());
    expect(remedy).toContain('run it as root');
  }
});

it('anything else is passed on with the line that failed', () => {
  const { why, remedy } = explainNetworkRefusal({
    command: ['ip', 'link'],
    said: 'Error: Unknown device type.\n',
  });
  expect(why).toBe('ip link: Error: Unknown device type.');
  expect(remedy).toBe('as root, try it by hand: ip link');
  expect(explainNetworkRefusal({ command: ['ip', 'link'], said: '' }).why).toBe(
    'ip link: it failed and said nothing',
  );
});
