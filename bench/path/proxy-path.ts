// A real proxy stands between server and clients, over loopback: any of them, in either of its
// configurations. What is particular to one is in its description.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { proxies, type ProxyName } from '../contract/arms/proxies/proxies.ts';
import {
  renderConfiguration,
  type ProxyForm,
  type ProxyPlaces,
} from '../contract/arms/proxies/proxy.ts';
import { fromProxySchema, type ToProxy } from '../contract/messages.ts';
import { programPath } from '../contract/program.ts';
import { findProgram } from '../lab/find-program.ts';
import { temporaryFolder } from '../trial/temporary-folder.ts';
import { LOOPBACK } from './direct-path.ts';
import { freePort } from './local-port.ts';
import { groupMembers } from './group-members.ts';
import type { OpenPath, Path } from './path.ts';

const program = programPath(import.meta.url, './proxy-main');
const TIMEOUT_MS = 30_000;

interface RealProxy {
  readonly name: ProxyName;
  readonly form: ProxyForm;
}

/** The opened path may throw BenchError MISSING_PROGRAM. */
export function openProxyPath({ name, form }: RealProxy): OpenPath {
  return ({ startWorker, delayNs, bytesPerSecond, fault, idleScale = 1 }) => {
    assert(
      delayNs === 0 && bytesPerSecond === undefined && fault === undefined,
      'a real proxy neither delays bytes, nor limits them, nor breaks connections when told to',
    );
    const { title, startArguments, readyPath, leftovers, forward } = proxies[name];
    const found = findProgram(name);
    const folder = mkdtempSync(join(temporaryFolder(), `${name}-`));
    const owner = startWorker({ name: `${name} owner`, program, schema: fromProxySchema });
    const send = (message: ToProxy): void => owner.send(message);
    let proxyPid: number | undefined;
    let through: Path['through'];
    return {
      keepsBytes: false,
      get pids() {
        return proxyPid === undefined ? [owner.pid] : [owner.pid, ...groupMembers(proxyPid)];
      },
      serverHost: LOOPBACK,
      clientHost: LOOPBACK,
      isOnHostNetwork: true,
      withinServer: [],
      withinClient: [],
      get through() {
        return through;
      },
      connect: async (serverPort, signal) => {
        assert(proxyPid === undefined, `${title} leads to one server`);
        const port = await freePort();
        const places = {
          port: String(port),
          serverPort: String(serverPort),
          folder,
          isRoot: process.geteuid?.() === 0,
          idleScale,
        };
        writeFiles({ name, form }, places);
        if (found.packages !== undefined) symlinkSync(found.packages, join(folder, 'node_modules'));
        send({
          kind: 'run-proxy',
          title,
          program: found.program,
          arguments: [...startArguments(places)],
          folder,
          port,
          ...(readyPath !== undefined && { readyPath }),
          leftovers: [...(leftovers?.(places) ?? [])],
        });
        proxyPid = (await owner.expect('passing', TIMEOUT_MS, signal)).pid;
        if (forward === undefined) return port;
        through = { ...forward, port };
        return serverPort;
      },
      start: () => {},
      tally: async (signal) => {
        send({ kind: 'stop' });
        await owner.expect('stopped', TIMEOUT_MS, signal);
        return undefined;
      },
      [Symbol.asyncDispose]: async () => {
        await owner[Symbol.asyncDispose]();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  };
}

function writeFiles({ name, form }: RealProxy, places: ProxyPlaces): void {
  for (const [file, lines] of Object.entries(proxies[name].files(places)))
    writeFileSync(join(places.folder, file), renderConfiguration(lines, form));
}
