// Counts what a program consists of: lines with code and branches of all files of the project that
// it imports, and the packages. Types are no code: imports of types alone are not followed.

import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';
import { parseSync, Visitor } from 'rolldown/utils';
import { projectPath } from '../../contract/program.ts';

export interface CountedCode {
  /** Its own first. */
  readonly files: readonly {
    readonly file: string;
    readonly lines: number;
    readonly branches: number;
  }[];
  /** Names of the packages that are imported, in order. */
  readonly packages: readonly string[];
}

export function countProgram(program: string): CountedCode {
  const files = new Map<string, CountedSource>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file)) return;
    const counted = countSource(readFileSync(projectPath(file), 'utf8'), file);
    files.set(file, counted);
    for (const name of counted.imports)
      if (name.startsWith('.')) visit(join(dirname(file), name));
      else if (!isBuiltin(name)) packages.add(packageOf(name));
  };
  visit(program);
  return {
    files: Array.from(files, ([file, { lines, branches }]) => ({ file, lines, branches })),
    packages: [...packages].toSorted(),
  };
}

const isBuiltin = (name: string): boolean =>
  name.startsWith('node:') || builtinModules.includes(name);

/** `eventsource-parser` of `eventsource-parser/stream` */
function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

interface CountedSource {
  readonly lines: number;
  readonly branches: number;
  readonly imports: readonly string[];
}

export function countSource(source: string, file = 'source.ts'): CountedSource {
  const { program, comments, errors, module } = parseSync(file, source);
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]?.message}`);
  let branches = 0;
  const one = (): number => branches++;
  new Visitor({
    IfStatement: one,
    ConditionalExpression: one,
    SwitchCase: ({ test }) => void (test !== null && branches++),
    ForStatement: one,
    ForInStatement: one,
    ForOfStatement: one,
    WhileStatement: one,
    DoWhileStatement: one,
    CatchClause: one,
    LogicalExpression: one,
    AssignmentExpression: ({ operator }) =>
      void (['&&=', '||=', '??='].includes(operator) && branches++),
  }).visit(program);
  return {
    lines: countLines(source, comments),
    branches,
    imports: [...module.staticImports, ...module.staticExports].flatMap((statement) =>
      moduleOf(statement),
    ),
  };
}

interface Statement {
  readonly moduleRequest?: { readonly value: string };
  readonly entries: readonly {
    readonly isType: boolean;
    readonly moduleRequest?: { readonly value: string } | null;
  }[];
}

/** Empty for an import of types alone. */
function moduleOf({ moduleRequest, entries }: Statement): readonly string[] {
  if (entries.length > 0 && entries.every(({ isType }) => isType)) return [];
  const named = entries.flatMap((entry) => entry.moduleRequest?.value ?? []);
  return moduleRequest === undefined ? [...new Set(named)] : [moduleRequest.value];
}

function countLines(
  source: string,
  comments: readonly { readonly start: number; readonly end: number }[],
): number {
  let code = source;
  for (const { start, end } of comments.toReversed())
    code =
      code.slice(0, start) + source.slice(start, end).replaceAll(/[^\n]/g, ' ') + code.slice(end);
  return code.split('\n').filter((line) => line.trim() !== '').length;
}
