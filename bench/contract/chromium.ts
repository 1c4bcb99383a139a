// Finds and configures the browser of the measurements: a Chromium, headless, with its background
// activity disabled. Shared by the check before a run and the code that starts it, so that both use
// the same one.

import { createHash, X509Certificate } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { BenchError } from './errors.ts';
import { NPM_CHROMIUM, npmChromium } from './npm-chromium.ts';

/** Names of the executable on Debian and others, in order of preference. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Flags: no sandbox, since containers and root have none; no traffic but the page's own. */
export const chromiumArguments: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Flag that trusts the public key of one certificate (PEM), and no other: whatever else a server
 * presents is still an error. Chromium heeds it only beside `--user-data-dir`, which Playwright sets.
 */
export function trustArgument(cert: string): string {
  const key = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`;
}

const HINT = `install Chromium (Debian, Ubuntu: apt-get install chromium; Linux on x64: npm install ${NPM_CHROMIUM}), or name one with --browser PATH`;

interface BrowserPlaces {
  readonly searchPath?: string;
  /** Returns the browser that npm brought; undefined without one. */
  readonly shipped?: () => string | undefined;
}

/** The package has a program for one kind of machine. */
const shippedHere =
  process.platform === 'linux' && process.arch === 'x64' ? npmChromium : (): undefined => undefined;

/**
 * Path of an executable Chromium: the given one, the first on PATH, or the one of the npm package.
 * @throws BenchError USAGE when the given one is not executable, MISSING_PROGRAM with a hint when
 * there is none.
 */
export function findChromium(
  named?: string,
  { searchPath = process.env['PATH'] ?? '', shipped = shippedHere }: BrowserPlaces = {},
): string {
  if (named !== undefined) {
    if (isExecutable(named)) return named;
    throw new BenchError('USAGE', `--browser ${named}: not an executable file`, { hint: HINT });
  }
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  const found = names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find(isExecutable);
  const chromium = found ?? shipped();
  if (chromium !== undefined) return chromium;
  throw new BenchError(
    'MISSING_PROGRAM',
    `no Chromium on this machine (looked for ${names.join(', ')} on PATH, and for the npm package ${NPM_CHROMIUM})`,
    { hint: HINT },
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
