// The folder of this user in which what was once downloaded or unpacked is kept.

import { homedir } from 'node:os';
import { join } from 'node:path';

/** https://specifications.freedesktop.org/basedir-spec */
export function userCache(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'streamduel');
}
