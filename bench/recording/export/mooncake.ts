// A Mooncake trace: when each stream was asked for, in ms after the first one, and how many tokens
// its prompt and its answer had. Its rows are in the order of time, which a recording need not be.

import { NS_PER_MS } from '../../contract/units.ts';
import type { Exporter } from './exported-stream.ts';
import { generationOf } from './generation.ts';

interface Row {
  readonly startNs: bigint;
  readonly input: number;
  readonly output: number;
}

export const exportMooncake: Exporter = async function* (streams, leaveOut) {
  const rows: Row[] = [];
  for await (const { record, startNs } of streams) {
    const { texts, inputTokens, outputTokens } = generationOf(record);
    const output = outputTokens ?? texts.length;
    if (output === 0) {
      leaveOut('brought no token, and are left out');
      continue;
    }
    if (inputTokens === undefined)
      leaveOut('do not tell how long their prompt was: their input_length is 0');
    if (outputTokens === undefined)
      leaveOut('do not tell their number of tokens: their output_length counts events with text');
    rows.push({ startNs, input: inputTokens ?? 0, output });
  }
  rows.sort((a, b) => Number(a.startNs - b.startNs));
  const firstNs = rows[0]?.startNs ?? 0n;
  for (const { startNs, input, output } of rows)
    yield `${JSON.stringify({
      timestamp: Number(startNs - firstNs) / NS_PER_MS,
      input_length: input,
      output_length: output,
    })}\n`;
};
