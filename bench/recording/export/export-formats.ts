// The formats that `streamduel export` writes, for help; how they are written is loaded when one is
// asked for.

const summaries = {
  har: 'HAR 1.2 with _webSocketMessages and _eventSourceMessages, for browsers’ tools and import',
  otel: 'OpenTelemetry GenAI spans as OTLP JSON, one a stream',
  mooncake: 'a Mooncake trace: when each stream was asked for, and its lengths; for run --arrivals',
} as const;

export type ExportFormat = keyof typeof summaries;

export const exportFormatNames = Object.keys(summaries) as ExportFormat[];

export function exportFormatLines(): string {
  return exportFormatNames.map((name) => `  ${name.padEnd(9)} ${summaries[name]}`).join('\n');
}
