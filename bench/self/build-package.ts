// Builds the contents of the package for `npm pack`: the programs compiled to JavaScript below
// dist/, since Node strips no types below node_modules, and beside them the files that they read.

import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, rmSync } from 'node:fs';
import { projectPath } from '../contract/program.ts';

/** Files read at run time that are not TypeScript. */
const assets = [
  'bench/claims/code/code-measure.json',
  'bench/workloads/tokens.json',
  'bench/workloads/recordings',
  'bench/flags/config-schema.json',
  'servers/demo/page',
];

rmSync(projectPath('dist'), { recursive: true, force: true });
execFileSync('tsc', ['-p', projectPath('tsconfig.build.json')], { stdio: 'inherit' });
for (const path of assets)
  cpSync(projectPath(path), projectPath(`dist/${path}`), {
    recursive: true,
    filter: (source) => !/\.ts$|tsconfig\.json$/.test(source),
  });
chmodSync(projectPath('dist/bench/streamduel.js'), 0o755);
