import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const OWN_NAMESPACE = '/proc/self/ns/pid';
const namespace = existsSync(OWN_NAMESPACE) ? /\d+/.exec(readlinkSync(OWN_NAMESPACE))![0] : '0';
const source = new URL('./temporary-folder.ts', import.meta.url).href;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'temporary-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/**
 * What another process finds in the folder once it has made its own, and whether it was killed
 * afterwards.
 */
function makeOne(after = ''): { pid: number; found: string[] } {
  const script = `
    const { temporaryFolder } = await import('${source}');
    const { readdirSync, writeFileSync } = await import('node:fs');
    const path = temporaryFolder();
    writeFileSync(path + '/stamps', '');
    if (temporaryFolder() !== path) throw new Error('another folder');
    process.stdout.write(JSON.stringify({ pid: process.pid, found: readdirSync('${folder}') }));
    ${after}`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, TMPDIR: folder },
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as { pid: number; found: string[] };
}

it('is one for a process, and gone when the process ends', () => {
  const { pid, found } = makeOne();
  expect(found).toEqual([
    expect.stringMatching(new RegExp(`^streamduel-${namespace}-${pid}-\\w+$`)),
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

it('of a process that was killed is removed by the next one', () => {
  const { found } = makeOne("process.kill(process.pid, 'SIGKILL');");
  expect(readdirSync(folder)).toEqual(found);
  expect(makeOne().found).not.toContain(found[0]);
  expect(readdirSync(folder)).toEqual([]);
});

it('of a process that lives, of another namespace, and what is not ours stay', () => {
  const others = [
    `streamduel-${namespace}-${process.pid}-abc`,
    'streamduel-1-99999999-abc',
    `streamduel-${namespace}-notes`,
  ];
  for (const name of others) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'file'), '');
  makeOne();
  expect(readdirSync(folder).toSorted()).toEqual([...others, 'file'].toSorted());
});
