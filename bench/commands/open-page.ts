// Opens a page with the desktop's default browser, if there is a desktop.

import { spawn } from 'node:child_process';

interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

interface Opener {
  readonly command: string;
  readonly arguments: readonly string[];
}

/** Returns undefined when no desktop is found. */
export function findOpener(url: string, { platform, environment }: Desktop): Opener | undefined {
  if (platform === 'darwin') return { command: 'open', arguments: [url] };
  // `start` is a builtin of the shell, and takes its first quoted argument as the window's title.
  if (platform === 'win32') return { command: 'cmd', arguments: ['/c', 'start', '""', url] };
  const isThere = [environment['DISPLAY'], environment['WAYLAND_DISPLAY']].some(
    (display) => display !== undefined && display !== '',
  );
  return isThere ? { command: 'xdg-open', arguments: [url] } : undefined;
}

/**
 * Does not wait for the opener. A page that cannot be opened is no failure: its address is printed.
 */
export function openPage(
  url: string,
  { stderr, ...desktop }: Desktop & { readonly stderr: { write: (text: string) => unknown } },
): void {
  const opener = findOpener(url, desktop);
  if (opener === undefined) {
    stderr.write('--open: there is no desktop here (neither DISPLAY nor WAYLAND_DISPLAY is set)\n');
    return;
  }
  const child = spawn(opener.command, opener.arguments, { stdio: 'ignore', detached: true });
  child.on(
    'error',
    ({ message }) => void stderr.write(`--open: ${opener.command} does not start: ${message}\n`),
  );
  child.unref();
}
