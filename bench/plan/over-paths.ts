// The usual arms of a scenario that compares paths: each transport over loopback, and over each proxy
// in both of its forms.

import { TLS_SUFFIX } from '../contract/arms/arms.ts';
import { paths, proxyPath, type PathName } from '../contract/arms/paths.ts';
import type { ProxyName } from '../contract/arms/proxies/proxies.ts';
import type { ForwardProxy } from '../contract/arms/proxies/proxy.ts';
import { transportIds, transports, type TransportId } from '../contract/arms/transports.ts';
import { BenchError } from '../contract/errors.ts';
import { ALL_ARMS, type ArmText } from './arms.ts';

type Written = TransportId | `${TransportId}+${typeof TLS_SUFFIX}`;

/** @throws BenchError MISSING_PROGRAM where there is no proxy */
export function armsOverPaths(
  usual: readonly ArmText[] | typeof ALL_ARMS,
  names: readonly ProxyName[],
): readonly ArmText[] {
  if (names.length === 0)
    throw new BenchError('MISSING_PROGRAM', 'there is no real proxy on this machine', {
      hint: 'get some: streamduel lab install',
    });
  const plain = usual === ALL_ARMS ? transportIds : (usual as readonly TransportId[]);
  const over: readonly PathName[] = names.flatMap((name) => [
    proxyPath(name, 'plain'),
    proxyPath(name, 'fixed'),
  ]);
  const through = over.map((path) => [path, writtenOver(paths[path].forward, plain)] as const);
  const written = new Set([...plain, ...through.flatMap(([, own]) => own)]);
  return [
    // Each is held against itself over loopback.
    ...written,
    ...through.flatMap(([path, own]) => own.map((one): ArmText => `${one}@${path}`)),
  ];
}

/**
 * Through a forward proxy that is asked for tunnels, TLS makes a difference. One that is asked to
 * pass upgrades on differs from it in these alone.
 */
function writtenOver(
  forward: ForwardProxy | undefined,
  plain: readonly TransportId[],
): readonly Written[] {
  if (forward === undefined) return plain;
  return forward.upgrades === 'tunnelled'
    ? [...plain, ...plain.map((transport): Written => `${transport}+${TLS_SUFFIX}`)]
    : plain.filter((transport) => transports[transport].opensByUpgrade);
}
