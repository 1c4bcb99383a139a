// `streamduel doctor`: what this machine can and cannot measure, and the fix of each lack.

import { styleText } from 'node:util';
import { BenchError } from '../contract/errors.ts';
import { canRunQuick, judgeMachine, type Finding, type Readings } from '../doctor/findings.ts';
import { readMachine } from '../doctor/machine-readings.ts';
import { renderFindings } from '../doctor/render-findings.ts';
import type { CommandOutput } from './command-output.ts';
import { prepareRun } from './prepare-run.ts';

export interface DoctorFlags {
  readonly json?: boolean;
}

/** Returns the exit code: 1 when the quick preset cannot run. */
export async function doctorCommand(
  { json }: DoctorFlags,
  { stdout }: CommandOutput,
): Promise<number> {
  const findings = judgeMachine({ ...(await readMachine()), quick: await whyNoQuick() });
  const isAble = canRunQuick(findings);
  const paint = (state: Finding['state'], text: string): string =>
    styleText(colours[state], text, { stream: stdout });
  stdout.write(
    json === true
      ? `${JSON.stringify({ canRunQuick: isAble, findings }, undefined, 2)}\n`
      : renderFindings(findings, paint),
  );
  return isAble ? 0 : 1;
}

const colours = { ok: 'green', limited: 'yellow', missing: 'red' } as const;

/** Makes the checks that a run makes before its first trial. */
async function whyNoQuick(): Promise<Readings['quick']> {
  try {
    await prepareRun([], { preset: 'quick' });
    return undefined;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { why: error.message, fix: error.hint };
  }
}
