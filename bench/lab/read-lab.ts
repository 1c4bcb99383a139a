// The lab's state on this machine: each proxy has its version, or the command that brings it.

import { proxyNames, type ProxyName } from '../contract/arms/proxies/proxies.ts';
import { BenchError } from '../contract/errors.ts';
import { findProxy, type FoundProxy, type LabPlaces } from './find-proxy.ts';
import { bringCommand, labSources } from './lab-sources.ts';

export interface LabReading {
  readonly name: ProxyName;
  /** Undefined where it is missing. */
  readonly version: string | undefined;
  /** It was found here; absent where it is missing. */
  readonly found?: FoundProxy;
  /** Brings it, and all others that come the same way. */
  readonly command: string;
}

export function readLab(places: LabPlaces = {}): readonly LabReading[] {
  return proxyNames.map((name) => readProxy(name, places));
}

function readProxy(name: ProxyName, places: LabPlaces): LabReading {
  const found = tryToFind(name, places);
  return {
    name,
    version: found === undefined ? undefined : (found.version ?? 'of unknown version'),
    ...(found !== undefined && { found }),
    command: labSources[name].kind === 'wheel' ? 'streamduel lab install' : bringCommand(name),
  };
}

function tryToFind(name: ProxyName, places: LabPlaces): FoundProxy | undefined {
  try {
    return findProxy(name, places);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return undefined;
  }
}
