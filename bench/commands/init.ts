// `streamduel init config|target`: prints a commented template.

import { renderConfigTemplate } from '../flags/config-template.ts';
import { renderTargetTemplate } from '../plan/target-template.ts';
import { pickName } from '../plan/quantities.ts';
import type { CommandOutput } from './command-output.ts';

const templates = { config: renderConfigTemplate, target: renderTargetTemplate } as const;

export const templateNames = Object.keys(templates) as (keyof typeof templates)[];

/** @throws BenchError UNKNOWN_NAME */
export function initCommand(name: string, { stdout }: CommandOutput): void {
  stdout.write(templates[pickName('template', name, templateNames)]());
}
