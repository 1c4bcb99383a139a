// Starts a process of an agent: the same programs, with the same settings, as a trial on one machine
// starts as its children.

import { startProgram } from '../trial/trial-processes.ts';
import type { StartAgentProcess } from './agent-session.ts';

export function processStarter({ verbose }: { readonly verbose: boolean }): StartAgentProcess {
  return ({ program, name, place, setup }, { workingDirectory, onMessage, onFailure }) => {
    const child = startProgram(program, { name, place, setup, workingDirectory, verbose });
    child.onMessage = onMessage;
    child.onFailure = onFailure;
    return child;
  };
}
