// Reads a configuration file: the flags of `run` by their names, in YAML or JSON, which is YAML
// too. Each error says where it is and what would be right; errors about a value that only planning
// finds are given their place by `locate`.

import { readFileSync } from 'node:fs';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';
import { BenchError, messageOf } from '../contract/errors.ts';
import { scenarioNames } from '../scenarios/registry.ts';
import {
  checkChoice,
  checkText,
  configKeys,
  flagOfKey,
  SCENARIO_KEY,
  SCHEMA_KEY,
  suggestKey,
  wantedOf,
} from './config-values.ts';
import type { FlagValue } from './flag.ts';
import { flagNames, flagOf, flagWords, type FlagName, type RunFlags } from './run-flags.ts';

export interface Config {
  readonly scenarios: readonly string[];
  readonly flags: RunFlags;
  /**
   * Adds its place to an error about a flag of the file, unless the flag is among the overriding
   * ones.
   */
  readonly locate: (error: unknown, overriding: RunFlags) => unknown;
}

/** @throws BenchError USAGE or UNKNOWN_NAME that begins with the file, the line and the column. */
export function readConfig(path: string): Config {
  try {
    return parseConfig(path, readFileSync(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof BenchError) throw cause;
    throw new BenchError('USAGE', `--config ${path}: cannot be read: ${messageOf(cause)}`, {
      cause,
      hint: 'streamduel init config prints a template',
    });
  }
}

export function parseConfig(path: string, text: string): Config {
  const file = new ConfigFile(path, text);
  const scenarios: string[] = [];
  const flags: Partial<Record<FlagName, FlagValue>> = {};
  const places = new Map<FlagName, Node>();
  for (const [key, value] of file.entries()) {
    const name = flagOfKey(key);
    if (key === SCENARIO_KEY) scenarios.push(...file.readScenarios(value));
    if (name === undefined) continue;
    flags[name] = file.readFlag(name, value);
    places.set(name, value);
  }
  const locate = (error: unknown, overriding: RunFlags): unknown => {
    const name = flagOfError(error);
    const place =
      name === undefined || overriding[name] !== undefined ? undefined : places.get(name);
    return place === undefined || !(error instanceof BenchError)
      ? error
      : file.locate(place, error);
  };
  return { scenarios, flags: flags as RunFlags, locate };
}

/** The flag that an error of planning is about. */
function flagOfError(error: unknown): FlagName | undefined {
  if (!(error instanceof BenchError)) return undefined;
  if (error.code === 'WORKLOAD') return 'workload';
  const [, words] = /^--(?:no-)?([a-z-]+)/.exec(error.message) ?? [];
  return flagNames.find((name) => flagWords(name) === words);
}

class ConfigFile {
  readonly #path: string;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: false,
    });
  }

  entries(): readonly (readonly [key: string, value: Node])[] {
    const { errors, contents } = this.#document;
    const [error] = errors;
    if (error !== undefined)
      throw this.#errorAt(
        error.pos[0],
        error.code === 'MULTIPLE_DOCS' ? 'expected one document' : error.message,
      );
    if (!isMap(contents))
      throw this.#errorAt(
        contents?.range[0] ?? 0,
        'expected names of flags with their values, such as connections: 100',
      );
    const lines = new Map<string, number>();
    return contents.items.flatMap(({ key: keyNode, value }) => {
      const key = this.#readKey(keyNode);
      const earlier = lines.get(key);
      if (earlier !== undefined)
        throw this.#error(keyNode, `${key} is there twice; the first is in line ${earlier}`);
      lines.set(key, this.#lines.linePos(keyNode.range[0]).line);
      if (value === null)
        throw this.#error(keyNode, `${key} has no value: expected ${wantedOf(key)}`);
      return key === SCHEMA_KEY ? [] : [[key, value] as const];
    });
  }

  #readKey(node: Node): string {
    const key = isScalar(node) ? (node.source ?? '') : undefined;
    if (key === undefined) throw this.#error(node, 'expected the name of a flag');
    if (configKeys.includes(key) || key === SCHEMA_KEY) return key;
    throw this.#error(
      node,
      `unknown key "${key}": ${suggestKey(key)}`,
      `known: ${configKeys.join(', ')}`,
    );
  }

  /** @throws BenchError for a value of another form than the flag's. */
  readFlag(name: FlagName, value: Node): FlagValue {
    const { kind } = flagOf(name);
    const key = flagWords(name);
    if (kind === 'switch') return this.#readSwitch(key, value);
    if (kind === 'texts') return this.#readTexts(key, value);
    const text =
      kind === 'list' ? this.#readTexts(key, value).join(',') : this.#readText(key, value);
    this.#inPlace(value, () => checkText(name, text));
    return text;
  }

  readScenarios(value: Node): readonly string[] {
    return this.#itemsOf(value).map((item) => {
      const name = this.#readText(SCENARIO_KEY, item);
      this.#inPlace(item, () => checkChoice(SCENARIO_KEY, name, scenarioNames));
      return name;
    });
  }

  /** One text, or a list of them. */
  #readTexts(key: string, value: Node): readonly string[] {
    return this.#itemsOf(value).map((item) => this.#readText(key, item));
  }

  #itemsOf(value: Node): readonly Node[] {
    const node = this.#resolve(value);
    return isSeq<Node>(node) ? node.items : [value];
  }

  #readText(key: string, value: Node): string {
    const node = this.#resolve(value);
    if (!isScalar(node))
      throw this.#error(
        value,
        `${key}: expected ${wantedOf(key)}, not ${isSeq(node) ? 'a list' : 'a mapping'}`,
      );
    if (node.value === null)
      throw this.#error(value, `${key} has no value: expected ${wantedOf(key)}`);
    if (typeof node.value === 'boolean')
      throw this.#error(value, `${key} ${node.value}: expected ${wantedOf(key)}`);
    // Numbers too keep their text: flags refuse forms that only YAML knows, such as 0x10.
    return node.source ?? '';
  }

  #readSwitch(key: string, value: Node): boolean {
    const node = this.#resolve(value);
    if (isScalar(node) && typeof node.value === 'boolean') return node.value;
    const written = isScalar(node) && node.value !== null ? ` ${node.source ?? ''}` : '';
    throw this.#error(value, `${key}${written}: expected ${wantedOf(key)}`);
  }

  /** Adds the place to an error of the check. */
  #inPlace(node: Node, check: () => void): void {
    try {
      check();
    } catch (error) {
      throw error instanceof BenchError ? this.locate(node, error) : error;
    }
  }

  #resolve(node: Node): Node {
    return isAlias(node) ? (node.resolve(this.#document) ?? node) : node;
  }

  /** The error with its place: `bench.yaml:3:7: …`. */
  locate(node: Node, { code, message, hint }: BenchError): BenchError {
    return new BenchError(
      code,
      `${this.#placeAt(node.range?.[0] ?? 0)}: ${message}`,
      hint === undefined ? {} : { hint },
    );
  }

  #error(node: Node, message: string, hint?: string): BenchError {
    return this.#errorAt(node.range?.[0] ?? 0, message, hint);
  }

  #errorAt(offset: number, message: string, hint?: string): BenchError {
    return new BenchError(
      'USAGE',
      `${this.#placeAt(offset)}: ${message}`,
      hint === undefined ? {} : { hint },
    );
  }

  #placeAt(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#path}:${line}:${col}`;
  }
}
