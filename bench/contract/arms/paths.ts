// Network paths between client and server: what they do to bytes, what they need, and what a report
// says of them.

import { proxies, proxyNames, type ProxyName } from './proxies/proxies.ts';
import type { ForwardProxy, ProxyDescription, ProxyForm } from './proxies/proxy.ts';

interface PathDescription {
  /** Names the parts that stand between client and server. */
  readonly summary: string;
  /** The network of a run over this path, as a limit of its result. */
  readonly network: string;
  /** Whether bytes arrive as they were sent; a proxy that frames anew may change them. */
  readonly keepsBytes: boolean;
  /** Whether TLS protects it. */
  readonly hasTls: boolean;
  /** The proxy in it, for a sentence: `a relay of the harness`. */
  readonly proxy?: string;
  /** Whether that is the harness's own relay, a process of the trial. */
  readonly usesRelay: boolean;
  /** The real proxy that stands in it, and which of its configurations; absent for none. */
  readonly real?: { readonly name: ProxyName; readonly form: ProxyForm };
  /** Set where clients know of the proxy and name the server to it. */
  readonly forward?: ForwardProxy;
  /** Whether it leads to one server only. */
  readonly leadsToOneServer: boolean;
  /**
   * Whether server and clients are in the network of the host; else they have networks of their
   * own.
   */
  readonly isOnHost: boolean;
  readonly needsPrivileges: boolean;
  /** Difference to arms on other paths, for a report. */
  readonly asymmetry?: string;
}

const loopback = {
  keepsBytes: true,
  hasTls: false,
  usesRelay: false,
  leadsToOneServer: false,
  isOnHost: true,
  needsPrivileges: false,
} as const satisfies Partial<PathDescription>;

const own = {
  direct: {
    ...loopback,
    summary: 'nothing: loopback',
    network:
      'Server and client ran on one machine and talked over loopback: no network delay, no loss, segments larger than those of Ethernet.',
  },
  relay: {
    ...loopback,
    summary: 'a TCP relay of the harness that passes bytes on',
    network:
      'Server and client ran on one machine and talked over loopback, through a TCP relay of the harness: no network delay, no loss, segments larger than those of Ethernet.',
    proxy: 'a relay of the harness',
    usesRelay: true,
    leadsToOneServer: true,
    asymmetry:
      'Arms via relay pass through one process more, a TCP relay of the harness, and are late by what it adds.',
  },
  netns: {
    ...loopback,
    summary:
      'server and clients in network namespaces of their own, joined by a pair of virtual interfaces; needs privileges',
    network:
      'Server and client ran on one machine, in network namespaces joined by a pair of virtual interfaces with the MTU of Ethernet, 1500 bytes: no network delay, no loss. Segmentation offload stays on, as on most network cards, so a large write still passes in one piece.',
    isOnHost: false,
    needsPrivileges: true,
  },
} as const satisfies Record<string, PathDescription>;

type ProxyPath = ProxyName | `${ProxyName}-fixed`;

export type PathName = keyof typeof own | ProxyPath;

const formTexts: Record<ProxyForm, string> = {
  plain: 'as its documentation begins',
  fixed: 'with the fewest changes that make both transports right',
};

/** The path over a real proxy in one of its forms: `nginx`, `nginx-fixed`. */
export function proxyPath(name: ProxyName, form: ProxyForm): ProxyPath {
  return form === 'fixed' ? `${name}-fixed` : name;
}

function describeProxyPath(name: ProxyName, form: ProxyForm): PathDescription {
  const { title, forward }: ProxyDescription = proxies[name];
  return {
    ...loopback,
    summary: `${title}, configured ${formTexts[form]}`,
    network: `Server and client ran on one machine and talked over loopback, through ${title}: no network delay, no loss, segments larger than those of Ethernet.`,
    // It frames responses anew.
    keepsBytes: false,
    proxy: title,
    real: { name, form },
    ...(forward !== undefined && { forward }),
    leadsToOneServer: true,
    asymmetry: `Arms via ${proxyPath(name, form)} pass through one process more, ${title}, configured ${formTexts[form]}. Of what it sends only the tokens are verified: it frames responses anew, so bytes are held against their model on the server’s side alone.`,
  };
}

const forms = Object.keys(formTexts) as ProxyForm[];

export const paths: Readonly<Record<PathName, PathDescription>> = {
  ...own,
  ...(Object.fromEntries(
    proxyNames.flatMap((name) =>
      forms.map((form) => [proxyPath(name, form), describeProxyPath(name, form)]),
    ),
  ) as Record<ProxyPath, PathDescription>),
};

export const pathNames = Object.keys(paths) as PathName[];

/** Its name is left out of an arm's. */
export const DEFAULT_PATH: PathName = 'direct';

/** The real proxies of these paths, each once, with the forms in which they stand there. */
export function proxiesOf(
  named: Iterable<PathName>,
): ReadonlyMap<ProxyName, ReadonlySet<ProxyForm>> {
  const found = new Map<ProxyName, Set<ProxyForm>>();
  for (const path of named) {
    const { real } = paths[path];
    if (real === undefined) continue;
    const before = found.get(real.name);
    if (before === undefined) found.set(real.name, new Set([real.form]));
    else before.add(real.form);
  }
  return found;
}
