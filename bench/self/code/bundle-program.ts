// One file of a program and its libraries, minified: what is loaded.

import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { rolldown, VERSION } from 'rolldown';
import type { CodeProgram, CodeSize } from '../../contract/code-measure.ts';
import { projectPath } from '../../contract/program.ts';

export const bundler = `rolldown ${VERSION}`;

/** @returns A script; for a page its exports are on `globalThis.minimal`. */
export async function bundleProgram({
  file,
  runsIn,
}: Pick<CodeProgram, 'file' | 'runsIn'>): Promise<string> {
  const isForNode = runsIn === 'node';
  await using build = await rolldown({
    input: projectPath(file),
    platform: isForNode ? 'node' : 'browser',
    treeshake: true,
    logLevel: 'warn',
  });
  const { output } = await build.generate({
    minify: true,
    ...(isForNode ? { format: 'esm' } : { format: 'iife', name: 'minimal' }),
  });
  return output[0].code;
}

export function measureBytes(
  code: string,
): Pick<CodeSize, 'minifiedBytes' | 'gzipBytes' | 'brotliBytes'> {
  return {
    minifiedBytes: Buffer.byteLength(code),
    gzipBytes: gzipSync(code, { level: constants.Z_BEST_COMPRESSION }).length,
    brotliBytes: brotliCompressSync(code).length,
  };
}
