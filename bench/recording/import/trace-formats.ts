// The formats that `streamduel import` reads, for help; how they are read is loaded when it is asked.

const summaries = {
  aiperf: 'raw records of AIPerf (--export-level raw): events and their times',
  vllm: 'detailed results of the serving benchmark of vLLM: gaps; texts are cut anew',
  sglang: 'the same of SGLang',
  aimock: 'fixtures that aimock recorded: gaps; texts are cut anew',
  har: 'HAR files with messages of WebSockets or event streams, with times',
} as const;

export type TraceFormat = keyof typeof summaries;

export const traceFormatNames = Object.keys(summaries) as TraceFormat[];

export function traceFormatLines(): string {
  return traceFormatNames.map((name) => `  ${name.padEnd(7)} ${summaries[name]}`).join('\n');
}
