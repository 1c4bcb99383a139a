// The stamps that a trial of a saved run kept, with the streams that its plan has.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../../contract/errors.ts';
import type { TrialSpecification } from '../../contract/messages.ts';
import { planAllOffsetsNs, populationOf, type Population } from '../../contract/population.ts';
import type { CompletedTrial, Plan } from '../../contract/run-file.ts';
import { readStamps, type StampColumns } from '../../contract/stamps.ts';
import { stampFiles } from '../../trial/stamp-files.ts';
import { specifySteady } from './specify.ts';

export interface TrialStamps {
  readonly specification: TrialSpecification;
  readonly population: Population;
  readonly offsetsNs: ReturnType<typeof planAllOffsetsNs>;
  readonly server: StampColumns;
  readonly client: StampColumns;
}

/** @throws BenchError RUN_FOLDER where they are gone, damaged, or those of other streams. */
export function readTrialStamps(folder: string, trial: CompletedTrial, plan: Plan): TrialStamps {
  const stampFolder = join(folder, 'stamps');
  const files = stampFiles(stampFolder, trial.trial);
  for (const file of [files.server, files.client])
    if (!existsSync(file))
      throw new BenchError('RUN_FOLDER', `its stamps are no longer in ${stampFolder}`);
  // Neither the text of the tokens nor an address says when a token is due.
  const specification = specifySteady(trial, { plan, tokenFile: '', host: '', port: 0 });
  const population = populationOf(specification);
  const server = readStamps(files.server);
  const client = readStamps(files.client);
  const planned = population.totalTokens;
  if (server['writtenNs']?.length !== planned || client['receivedNs']?.length !== planned)
    throw new BenchError('RUN_FOLDER', 'its stamps are not of the streams that the plan has');
  return {
    specification,
    population,
    offsetsNs: planAllOffsetsNs(specification, population),
    server,
    client,
  };
}
