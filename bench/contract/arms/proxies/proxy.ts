// The form in which a real proxy is described: its programs, and its configuration twice, as its own
// documentation begins and with the fewest changes that make both transports right.

/** `plain`: the configuration as the documentation gives it; `fixed`: with every change. */
export type ProxyForm = 'plain' | 'fixed';

/** Lines that only one form of a configuration has. */
export interface Change {
  /** Absent where the fix only adds. */
  readonly plain?: string;
  readonly fixed: string;
  /** A sentence for reports says what happens without it and what it gains. */
  readonly why: string;
}

/** A line of both forms, or a change. */
export type ConfigurationLine = string | Change;

/** The proxy listens on one and forwards to the other, on loopback; reports quote them as text. */
export interface ProxyPlaces {
  readonly port: string;
  readonly serverPort: string;
  /** A folder of its own, without a slash at the end. */
  readonly folder: string;
  /** Whether it is started by root: some programs then change to a user who cannot write there. */
  readonly isRoot: boolean;
  /** Limits of idle time are divided by this, in both forms; 1 leaves them as they are. */
  readonly idleScale: number;
}

/**
 * Clients know of it and name the server to it. TLS always passes in a tunnel, which CONNECT opens
 * (RFC 9110 §9.3.6), and a plain request in its absolute form (RFC 9112 §3.2.2).
 */
export interface ForwardProxy {
  /** How clients ask it for an upgrade without TLS: `tunnelled` as browsers do. */
  readonly upgrades: 'tunnelled' | 'forwarded';
}

export interface ProxyDescription {
  /** Its name in a sentence. */
  readonly title: string;
  /** Names of its program on the search path, in order of preference. */
  readonly programs: readonly string[];
  readonly versionArguments: readonly string[];
  /** Its documentation gives the configuration that `plain` repeats here. */
  readonly source: string;
  /** Texts of its files by name. */
  readonly files: (places: ProxyPlaces) => Readonly<Record<string, readonly ConfigurationLine[]>>;
  /** Arguments that start it in the foreground, with its log on stderr. */
  readonly startArguments: (places: ProxyPlaces) => readonly string[];
  /**
   * It answers a request for this with 200 by itself once it leads to the server; for a program that
   * listens before it has read where to.
   */
  readonly readyPath?: string;
  /** Files outside of its folder that stay when it is killed; absent for none. */
  readonly leftovers?: (places: ProxyPlaces) => readonly string[];
  /** Set for a forward proxy; absent for a reverse one, which clients take for the server. */
  readonly forward?: ForwardProxy;
}

/** The text of a file in one form. */
export function renderConfiguration(lines: readonly ConfigurationLine[], form: ProxyForm): string {
  const texts = lines.flatMap((line) =>
    typeof line === 'string' ? line : form === 'fixed' ? line.fixed : (line.plain ?? []),
  );
  return `${texts.join('\n')}\n`;
}

/** A line that states a default, where limits of idle time are scaled; empty where they are not. */
export function scaledDefault(
  { idleScale }: Pick<ProxyPlaces, 'idleScale'>,
  plain: (seconds: (value: number) => number) => string,
): Pick<Change, 'plain'> {
  return idleScale === 1 ? {} : { plain: plain((value) => value / idleScale) };
}

/** The places as reports write them. */
const WRITTEN_PLACES: ProxyPlaces = {
  port: 'PORT',
  serverPort: 'SERVER_PORT',
  folder: 'FOLDER',
  isRoot: false,
  idleScale: 1,
};

/** The changes of a proxy, in the order of its files. */
export function changesOf({ files }: Pick<ProxyDescription, 'files'>): readonly Change[] {
  return Object.values(files(WRITTEN_PLACES)).flatMap((lines) =>
    lines.flatMap((line) => (typeof line === 'string' ? [] : line)),
  );
}
