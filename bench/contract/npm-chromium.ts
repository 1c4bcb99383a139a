// The Chromium that ships inside an npm package, for machines without one: unpacked once for each
// version into the user's cache, with the libraries and fonts that it brings, and started by a
// script that leads it, and nothing else, to them.

import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { findPackageJSON } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { BenchError, messageOf } from './errors.ts';
import { isAlive } from './is-alive.ts';
import { userCache } from './user-cache.ts';

export const NPM_CHROMIUM = '@sparticuz/chromium';

/**
 * It unpacks into the temporary folder, and its libraries only where it takes the machine for one
 * of AWS Lambda.
 */
const UNPACK = `import chromium from '${NPM_CHROMIUM}'; await chromium.executablePath();`;
const LAMBDA = { AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' };
const START = 'start';

interface Places {
  /** Module from whose place the package is looked for. */
  readonly from?: string;
  readonly cache?: string;
}

/**
 * Path of the browser, unpacked at its first use; undefined where the package is not installed.
 * @throws BenchError CHILD_START
 */
export function npmChromium({ from = import.meta.url, cache = userCache() }: Places = {}):
  | string
  | undefined {
  const packageJson = findPackage(from);
  if (packageJson === undefined) return undefined;
  const { version } = JSON.parse(readFileSync(packageJson, 'utf8')) as { version: string };
  const folder = join(cache, `chromium-${version}`);
  const start = join(folder, START);
  if (!existsSync(start)) unpack({ packageFolder: dirname(packageJson), folder, version });
  return start;
}

function findPackage(from: string): string | undefined {
  try {
    return findPackageJSON(NPM_CHROMIUM, from);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

interface Unpacking {
  readonly packageFolder: string;
  readonly folder: string;
  readonly version: string;
}

function unpack({ packageFolder, folder, version }: Unpacking): void {
  let partial: string | undefined;
  try {
    mkdirSync(dirname(folder), { recursive: true });
    removeLeftovers(folder);
    partial = mkdtempSync(`${folder}.${process.pid}-`);
    const { NODE_OPTIONS: _inherited, ...environment } = process.env;
    execFileSync(process.execPath, ['--input-type=module', '--eval', UNPACK], {
      // A package finds itself by its name.
      cwd: packageFolder,
      env: { ...environment, ...LAMBDA, TMPDIR: partial },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    writeFileSync(join(partial, 'fonts.conf'), FONTS);
    writeFileSync(join(partial, START), startScript(version), { mode: 0o755 });
    renameSync(partial, folder);
  } catch (cause) {
    if (partial !== undefined) rmSync(partial, { recursive: true, force: true });
    // Another process was faster.
    if (existsSync(join(folder, START))) return;
    const why = /^\w*Error: .*$/m.exec(messageOf(cause))?.[0] ?? messageOf(cause);
    throw new BenchError(
      'CHILD_START',
      `the Chromium of ${NPM_CHROMIUM} could not be unpacked into ${folder}: ${why}`,
      {
        cause,
        hint: 'make room there, or name another folder with XDG_CACHE_HOME, or another Chromium with --browser PATH',
      },
    );
  }
}

/** Removes what processes that were killed while they unpacked left behind. */
function removeLeftovers(folder: string): void {
  const prefix = `${basename(folder)}.`;
  for (const name of readdirSync(dirname(folder))) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length)))) continue;
    rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/**
 * Says where the browser is from when it is asked for its version, since two of one version may
 * differ in what they bring.
 */
function startScript(version: string): string {
  return `#!/bin/sh
here="\${0%/*}"
export LD_LIBRARY_PATH="$here/al2023/lib\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$here/fonts.conf"
if [ "$*" = --version ]; then
  chromium="$("$here/chromium" --version)" || exit
  echo "$chromium (${NPM_CHROMIUM} ${version})"
  exit
fi
exec "$here/chromium" "$@"
`;
}

/** The paths are relative to the file. */
const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;
