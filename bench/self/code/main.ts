// `npm run bench:code`: counts the code of the minimal clients and servers, holds them against all
// cases, and saves the result. Exits with 1 where a program fails a case that it is not known to fail.

import { writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../../clients/conformance/chromium.ts';
import type { CodeMeasure, CodeProgram, MeasuredProgram } from '../../contract/code-measure.ts';
import { BenchError } from '../../contract/errors.ts';
import { CODE_MEASURE_PATH } from '../../claims/code/read-code-measure.ts';
import { bundleProgram, bundler, measureBytes } from './bundle-program.ts';
import { countProgram, type CountedCode } from './count-code.ts';
import { unknownFailures } from './known-failures.ts';
import { packageClosure } from './package-closure.ts';
import { clientPrograms, serverPrograms } from './programs.ts';
import {
  tryClient,
  tryClientConformance,
  tryServer,
  tryServerConformance,
} from './try-programs.ts';

export async function measureSize(program: CodeProgram): Promise<MeasuredProgram['size']> {
  const { files, packages }: CountedCode = countProgram(program.file);
  const versions = packageClosure(packages);
  return {
    files: [...files],
    packages: versions.filter((version) => packages.includes(version.split(' ')[0] ?? '')),
    allPackages: versions.length,
    ...measureBytes(await bundleProgram(program)),
  };
}

async function openBrowser(): Promise<Browser | undefined> {
  try {
    return await launchChromium();
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    process.stderr.write(`no page is tried: ${error.message}\n`);
    return undefined;
  }
}

const say = (words: string): void => void process.stderr.write(`${words}\n`);

async function main(): Promise<number> {
  const browser = await openBrowser();
  const clients: MeasuredProgram[] = [];
  const servers: MeasuredProgram[] = [];
  for (const program of clientPrograms) {
    say(`client ${program.id}`);
    clients.push({
      ...program,
      size: await measureSize(program),
      conformance: await tryClientConformance(program, browser),
      faults: [...(await tryClient(program, browser))],
    });
  }
  for (const program of serverPrograms) {
    say(`server ${program.id}`);
    servers.push({
      ...program,
      size: await measureSize(program),
      conformance: await tryServerConformance(program),
      faults: [...(await tryServer(program))],
    });
  }
  const measure: CodeMeasure = {
    schema: 1,
    measuredAt: new Date().toISOString(),
    node: process.version,
    ...(browser !== undefined && { browser: `Chromium ${browser.version()}` }),
    bundler,
    clients,
    servers,
  };
  const unknown = unknownFailures(measure);
  for (const line of unknown) say(line);
  if (unknown.length > 0) return 1;
  writeFileSync(CODE_MEASURE_PATH, `${JSON.stringify(measure, undefined, 2)}\n`);
  say(CODE_MEASURE_PATH);
  return 0;
}

// A client whose server has gone for good would try for ever.
if (import.meta.main) process.exit(await main());
