import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathNames } from './contract/arms/paths.ts';
import { clientStackIds } from './contract/arms/stacks.ts';
import { transportIds } from './contract/arms/transports.ts';
import { findNameDecisions } from './name-decisions-fixture.ts';

const root = join(import.meta.dirname, '..');
const names: readonly string[] = [...transportIds, ...clientStackIds, ...pathNames];

/** Files that are about one transport, client stack or path, and may know it by its name. */
const ownFiles: readonly RegExp[] = [
  /^bench\/contract\/arms\//,
  /^servers\/(?:sse|tcp|http2-sink|websocket[\w-]*)\.ts$/,
  /^clients\/(?:probe|library|browser)\//,
  /^bench\/path\//,
];

/** All sources but tests and their support. */
function sources(): readonly string[] {
  return ['bench', 'clients', 'servers'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() && /\.[jt]s$/.test(entry.name) && !/\.test\.ts$|fixture/.test(entry.name),
      )
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')),
  );
}

describe('nothing but its own files decides by the name of a transport, client stack or path', () => {
  const files = sources();

  it('all sources are looked at', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'bench/cli.ts',
        'bench/plan/arms.ts',
        'clients/main.ts',
        'servers/demo/page/race.js',
      ]),
    );
    for (const own of ownFiles) expect(files.filter((file) => own.test(file))).not.toEqual([]);
  });

  it('none of the others compares with one', () => {
    const found = files
      .filter((file) => !ownFiles.some((own) => own.test(file)))
      .flatMap((file) =>
        findNameDecisions(readFileSync(join(root, file), 'utf8'), names).map(
          ({ line, text }) => `${file}:${line}: ${text}`,
        ),
      );
    expect(found).toEqual([]);
  });
});

describe('a decision by name is found', () => {
  it.each([
    ["if (arm.transport === 'sse') return 6;"],
    ['return client !== "browser-fetch";'],
    ["return 'ws' === transport ? a : b;"],
    ['if (path == `netns`) return;'],
    ["    case 'autocannon':"],
    ["    case 'tcp': {"],
    ["return ['sse', 'ws'].includes(transport);"],
    ["return (['eventsource', 'undici-eventsource'] as const).some((one) => one === client);"],
    ["const spoken = new Set<TransportId>(['sse']);"],
    ["...(has('sse') && isSteady ? [1] : []),"],
    ["...(has('x', 'ws') ? [1] : []),"],
    ["const isSse = name.startsWith('sse');"],
  ])('%s', (line) => {
    expect(findNameDecisions(`const a = 1;\n${line}\n`, names)).toEqual([
      { line: 2, text: line.trim() },
    ]);
  });

  it('over several lines, at the line on which it ends, and once', () => {
    const source =
      "return (\n  ['sse', 'ws']\n    .includes(transport) ||\n  transport === 'tcp' || transport === 'ws'\n);";
    expect(findNameDecisions(source, names).map(({ line }) => line)).toEqual([3, 4]);
  });
});

it.each([
  ['a comment', "// decides by transport === 'sse'\n/* case 'ws': */"],
  [
    'a table over all of them',
    "const texts: Record<TransportId, string> = { sse: 'a', ws: 'b', tcp: 'c' };",
  ],
  ['a list of arms', "transports: ['sse', 'ws', 'sse/autocannon'],"],
  ['a value', "const arm = { transport: 'sse', client: 'probe', path: 'direct' };"],
  ['a message', "throw new Error(`expected 'sse' here`);"],
  [
    'a comparison with another word',
    "if (kind === 'sse-like' || kind === 'done') return url.startsWith('http://localhost');",
  ],
])('%s is no decision', (_what, source) => {
  expect(findNameDecisions(source, names)).toEqual([]);
});
