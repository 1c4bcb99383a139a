// The exporters by their formats.

import type { ExportFormat } from './export-formats.ts';
import type { Exporter } from './exported-stream.ts';
import { exportHar } from './har.ts';
import { exportMooncake } from './mooncake.ts';
import { exportOtel } from './otel.ts';

export const exporters: Readonly<Record<ExportFormat, Exporter>> = {
  har: exportHar,
  otel: exportOtel,
  mooncake: exportMooncake,
};
