// Proves over the sources that a scenario is one folder: its name stands nowhere else, no two
// scenarios know each other, and the rooms that all of them share know none.

import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { projectPath } from '../contract/program.ts';
import type { ScenarioId } from '../contract/run-file.ts';
import { scenarioNames } from './registry.ts';

interface Source {
  readonly file: string;
  readonly text: string;
}

interface Named {
  readonly file: string;
  readonly names: readonly ScenarioId[];
}

const SCENARIOS = 'bench/scenarios';

function readSources(): readonly Source[] {
  return ['bench', 'servers', 'clients']
    .flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: projectPath('.') }))
    .filter((file) => !/\.test\.ts$|fixture/.test(file))
    .map((file) => ({ file, text: readFileSync(projectPath(file), 'utf8') }));
}

/** The scenarios that a source names in a literal, each once and in the order of the registry. */
function scenariosNamed({ text }: Source): readonly ScenarioId[] {
  const code = text.replaceAll(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
  return scenarioNames.filter((name) => new RegExp(`(['"\`])${name}\\1`).test(code));
}

/** Files of the project that a source imports, types included. */
function importsOf({ file, text }: Source): readonly string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    join(dirname(file), path),
  );
}

/**
 * The folder of the procedure by which most scenarios measure. It is no scenario, and any room may
 * know it.
 */
const SHARED = 'steady';

/** The folder of a scenario that a file is in; undefined for any other, the registries included. */
function sliceOf(file: string): string | undefined {
  const [slice, ...rest] = relative(SCENARIOS, file).split('/');
  return file.startsWith(`${SCENARIOS}/`) && rest.length > 0 ? slice : undefined;
}

const isShared = (file: string): boolean => sliceOf(file) === SHARED;

/**
 * Imports of one scenario from another, and of registries from a scenario: what a scenario may know
 * is not in this folder.
 */
function crossings(sources: readonly Source[]): readonly string[] {
  const shared = `${SCENARIOS}/scenario.ts`;
  return sources.flatMap((source) => {
    const own = sliceOf(source.file);
    if (own === undefined) return [];
    return importsOf(source)
      .filter(
        (target) =>
          target.startsWith(`${SCENARIOS}/`) &&
          sliceOf(target) !== own &&
          !isShared(target) &&
          target !== shared,
      )
      .map((target) => `${source.file} → ${target}`);
  });
}

/** Files outside of the scenarios that import from the folder of one. */
function knowers(sources: readonly Source[]): readonly string[] {
  const known = sources.filter(
    (source) =>
      !source.file.startsWith(`${SCENARIOS}/`) &&
      importsOf(source).some((target) => sliceOf(target) !== undefined && !isShared(target)),
  );
  return known.map(({ file }) => file);
}

/** Files that may contain a scenario's name, and why. */
const otherMeanings: readonly (Named & { readonly why: string })[] = [
  {
    file: 'bench/contract/run-file.ts',
    names: scenarioNames,
    why: 'saved files have the names of scenarios, and outcomes that are named alike',
  },
  { file: 'bench/claims/claim-reading.ts', names: ['proxies'], why: 'the unit of a share' },
  { file: 'bench/contract/faults.ts', names: ['slow-reader'], why: 'a fault' },
  { file: 'bench/contract/clock-proof.ts', names: ['connect'], why: 'an event of a socket' },
  { file: 'bench/agents/local-address.ts', names: ['connect'], why: 'an event of a socket' },
  {
    file: 'bench/commands/agent.ts',
    names: ['reconnect'],
    why: 'an event of the connection to the broker',
  },
  {
    file: 'bench/selftest/capture/packet-capture.ts',
    names: ['connect'],
    why: 'an event of a socket',
  },
  { file: 'bench/path/local-port.ts', names: ['connect'], why: 'an event of a socket' },
  { file: 'clients/probe/tunnel.ts', names: ['connect'], why: 'an event of a socket' },
  {
    file: 'bench/analysis/occasions/checked.ts',
    names: ['proxies'],
    why: 'what no run checks',
  },
  { file: 'clients/probe/open-socket.ts', names: ['connect'], why: 'an event of a socket' },
  { file: 'clients/library/library-socket.ts', names: ['connect'], why: 'an event of a socket' },
  { file: 'clients/endpoint/endpoint-socket.ts', names: ['connect'], why: 'an event of a socket' },
  {
    file: 'bench/analysis/metrics/latency.ts',
    names: ['connect'],
    why: 'the first word of a metric',
  },
  {
    file: 'bench/report/sections/results.ts',
    names: ['connect', 'memory'],
    why: 'first words of metrics',
  },
  {
    file: 'bench/report/sections/reproduction.ts',
    names: ['memory'],
    why: 'the memory of a machine',
  },
  {
    file: 'bench/analysis/across/differences.ts',
    names: ['memory'],
    why: 'the memory of a machine',
  },
  { file: 'bench/selftest/counting.ts', names: ['memory'], why: 'an experiment' },
  {
    file: 'bench/self/rows/memory.ts',
    names: ['memory'],
    why: 'a row of measurements of the harness',
  },
  { file: 'bench/self/bare-server.ts', names: ['stream'], why: 'an event of node:http2' },
  { file: 'bench/self/code/frame-trials.ts', names: ['cancel'], why: 'a message' },
  { file: 'clients/minimal/websocket-messages.ts', names: ['cancel'], why: 'a message' },
  { file: 'clients/minimal/websocket.ts', names: ['cancel'], why: 'a message' },
  { file: 'servers/minimal/ws-library.ts', names: ['cancel'], why: 'a message' },
  { file: 'servers/minimal/ws.ts', names: ['cancel'], why: 'a message' },
  { file: 'bench/self/conformance.ts', names: ['stream'], why: 'a heading' },
  { file: 'servers/websocket-mux.ts', names: ['cancel'], why: 'a message of clients' },
  ...[
    'bench/contract/control-events.ts',
    'servers/client-message.ts',
    'servers/websocket.ts',
    'servers/websocket-session.ts',
  ].map((file): (typeof otherMeanings)[number] => ({
    file,
    names: ['cancel', 'steer'],
    why: 'messages of clients',
  })),
  { file: 'servers/demo/chat.ts', names: ['stream'], why: 'a field of a request' },
  { file: 'bench/probe/resume.ts', names: ['stream'], why: 'a field of a request' },
  { file: 'servers/post.ts', names: ['stream'], why: 'a field of a request' },
  {
    file: 'bench/self/rows/search-window.ts',
    names: ['capacity'],
    why: 'a measurement of how long the windows of a search should be',
  },
];

/**
 * Files that may know a single scenario: the README quotes its tables, and a measurement of the
 * harness is about its search.
 */
const acquaintances = ['bench/self/quote-readme.ts', 'bench/self/rows/search-window.ts'];

/** Rows of data that say which scenario measures a claim: nothing is decided by the name there. */
const rowsOfClaims = /^bench\/claims\/(?:rows\/|claim-runs\.ts$)/;

const sources = readSources();

const inOrder = (all: readonly Named[]): string[] =>
  all.map(({ file, names }) => `${file}: ${names.toSorted().join(', ')}`).toSorted();

it('no file outside of the scenarios contains the name of one, but for another meaning', () => {
  const found = sources
    .filter(({ file }) => !file.startsWith(`${SCENARIOS}/`) && !rowsOfClaims.test(file))
    .map((source): Named => ({ file: source.file, names: scenariosNamed(source) }))
    .filter(({ names }) => names.length > 0);
  expect(inOrder(found)).toEqual(inOrder(otherMeanings));
});

it('no scenario imports another one, or a registry of all of them', () => {
  expect(crossings(sources)).toEqual([]);
});

it('no file outside of the scenarios imports from the folder of one', () => {
  expect(knowers(sources).toSorted()).toEqual(acquaintances.toSorted());
});

const named = (text: string): readonly string[] => scenariosNamed({ file: 'x.ts', text });

const imported = (specifier: string): readonly string[] =>
  crossings([
    { file: `${SCENARIOS}/herd/parts.ts`, text: `import type { X } from '${specifier}';` },
  ]);

const known = (specifier: string): readonly string[] =>
  knowers([
    { file: 'bench/report/report.ts', text: `const { x } = await import('${specifier}');` },
  ]);

it('a name is found in any quotes, and neither in a comment nor inside another word', () => {
  expect(named(`if (scenario === 'herd') return "burst" + \`fanout\`;`)).toEqual([
    'herd',
    'fanout',
    'burst',
  ]);
  expect(named(`const url = 'http://x'; const name = 'herd';`)).toEqual(['herd']);
  expect(
    named(`// 'herd'\n/* 'burst'\n 'fanout' */ const herd = 'herds'; const memory = 'memory.uss';`),
  ).toEqual([]);
});

it('an import of another scenario, of its types and of a registry is found, and none of shared files', () => {
  expect(imported('../burst/points.ts')).toEqual([
    `${SCENARIOS}/herd/parts.ts → ${SCENARIOS}/burst/points.ts`,
  ]);
  expect(imported('../readings.ts')).toEqual([
    `${SCENARIOS}/herd/parts.ts → ${SCENARIOS}/readings.ts`,
  ]);
  for (const allowed of [
    './points.ts',
    './deep/points.ts',
    '../scenario.ts',
    '../../report/format.ts',
  ])
    expect(imported(allowed)).toEqual([]);
});

it('a room that imports from the folder of a scenario is found, and none that imports a registry', () => {
  expect(known('../scenarios/burst/points.ts')).toEqual(['bench/report/report.ts']);
  expect(known('../scenarios/readings.ts')).toEqual([]);
});
