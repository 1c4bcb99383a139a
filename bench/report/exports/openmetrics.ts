// OpenMetrics text of a run, as Prometheus and its kin read it: from a file that an agent exposes,
// or pushed. Times are in seconds there. What has no verdict because it cannot be believed is left
// out, as from every format that raises alarms by itself.
// https://prometheus.io/docs/specs/om/open_metrics_spec/

import type { Estimate } from '../../analysis/statistics/estimate.ts';
import { whyNotBelieved } from '../../analysis/thresholds.ts';
import { loadPointTitle } from '../../contract/load-point.ts';
import type { MetricUnit } from '../../analysis/metrics/metric.ts';
import { NS_PER_S } from '../../contract/units.ts';
import { trackedEstimates, type ExportContext } from './tracked-estimates.ts';

interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'info';
  /** Suffix of the name; absent for a number without one. */
  readonly unit?: string;
  readonly help: string;
  readonly samples: Sample[];
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAMESPACE = 'streamduel';
const END_OF_TEXT = '# EOF\n';

/** Units of OpenMetrics are base units, and words of a name. */
const units: Record<MetricUnit, { readonly name?: string; readonly divisor: number }> = {
  ns: { name: 'seconds', divisor: NS_PER_S },
  'ns/token': { name: 'seconds_per_token', divisor: NS_PER_S },
  bytes: { name: 'bytes', divisor: 1 },
  'bytes/token': { name: 'bytes_per_token', divisor: 1 },
  'tokens/s': { name: 'tokens_per_second', divisor: 1 },
  'tokens/read': { name: 'tokens_per_read', divisor: 1 },
  'calls/token': { name: 'calls_per_token', divisor: 1 },
  'segments/token': { name: 'segments_per_token', divisor: 1 },
  'opens/s': { name: 'opens_per_second', divisor: 1 },
  'starts/s': { name: 'starts_per_second', divisor: 1 },
  ratio: { name: 'ratio', divisor: 1 },
  count: { divisor: 1 },
};

/** The same analysis gives the same text, to the byte. */
export function renderOpenMetrics(context: ExportContext): string {
  return textOf([
    runFamily(context),
    startedFamily(context),
    trialsFamily(context),
    believedFamily(context),
    ...metricFamilies(context),
    effectFamily(context),
    verdictFamily(context),
  ]);
}

/**
 * Texts of several runs as one: all samples of a family stand together, as the standard demands.
 * Families of one name are of one metric, so the first description serves all.
 */
export function joinOpenMetrics(texts: readonly string[]): string {
  const heads = new Map<string, string[]>();
  const samples = new Map<string, string[]>();
  for (const text of texts) {
    let family = '';
    for (const line of text.slice(0, -END_OF_TEXT.length).split('\n').filter(Boolean)) {
      const [, name] = /^# [A-Z]+ (\S+)/.exec(line) ?? [];
      family = name ?? family;
      const to = name === undefined ? samples : heads;
      to.set(family, [...(to.get(family) ?? []), line]);
    }
  }
  const families = [...heads].map(([name, head]) =>
    [...new Set(head)].concat(samples.get(name) ?? []),
  );
  return `${families.flat().join('\n')}\n${END_OF_TEXT}`;
}

function runFamily({ analysis }: ExportContext): Family {
  const { name, startedAt, plan, planSha256 } = analysis;
  return {
    name: `${NAMESPACE}_run`,
    type: 'info',
    help: 'The run of which everything here is.',
    samples: [
      {
        labels: {
          run: name,
          scenario: plan.scenario,
          preset: plan.preset,
          started_at: startedAt,
          seed: String(plan.seed),
          plan_sha256: planSha256,
        },
        value: 1,
      },
    ],
  };
}

function startedFamily({ analysis: { plan, startedAt } }: ExportContext): Family {
  return {
    name: `${NAMESPACE}_run_started_timestamp_seconds`,
    type: 'gauge',
    unit: 'seconds',
    help: 'When the run began, since 1970.',
    samples: [{ labels: { scenario: plan.scenario }, value: Date.parse(startedAt) / 1000 }],
  };
}

function trialsFamily({ analysis: { plan, trials } }: ExportContext): Family {
  return {
    name: `${NAMESPACE}_trials`,
    type: 'gauge',
    help: 'Trials of the run by what became of them; a trial that is missing was not measured.',
    samples: (['completed', 'failed'] as const).map((outcome) => ({
      labels: { scenario: plan.scenario, outcome },
      value: trials[outcome],
    })),
  };
}

function believedFamily({ analysis: { plan, loadPoints } }: ExportContext): Family {
  return {
    name: `${NAMESPACE}_load_point_believed`,
    type: 'gauge',
    help: 'Whether the gates of a load point held: 0 for INVALID and HARNESS-LIMITED ones, whose numbers are left out.',
    samples: loadPoints.map((point) => ({
      labels: { scenario: plan.scenario, load: loadPointTitle(point.loadPoint) },
      value: whyNotBelieved(point) === undefined ? 1 : 0,
    })),
  };
}

/** One family a metric: the mean over trials, and the ends of its 95 % interval where it has one. */
function metricFamilies(context: ExportContext): readonly Family[] {
  const families = new Map<string, Family>();
  for (const { arm, metric, point, estimate } of trackedEstimates(context)) {
    const unit = units[metric.unit];
    const name = familyName(metric.id, unit.name);
    const family = families.get(name) ?? {
      name,
      type: 'gauge' as const,
      ...(unit.name !== undefined && { unit: unit.name }),
      help: `${metric.title}: ${metric.definition}`,
      samples: [],
    };
    families.set(name, family);
    const labels = {
      scenario: context.analysis.plan.scenario,
      arm,
      load: loadPointTitle(point.loadPoint),
    };
    family.samples.push(...boundsOf(estimate, labels, unit.divisor));
  }
  return [...families.values()];
}

/** `delivery.p50`, seconds → `streamduel_delivery_p50_seconds`; a unit is not said twice. */
function familyName(id: string, unit: string | undefined): string {
  const base = `${NAMESPACE}_${id.replaceAll(/[^a-zA-Z0-9]+/g, '_')}`;
  return unit === undefined || base.endsWith(`_${unit}`) ? base : `${base}_${unit}`;
}

function boundsOf(
  { value, low, high }: Estimate,
  labels: Sample['labels'],
  divisor: number,
): readonly Sample[] {
  const bounds = Object.entries({ mean: value, low95: low, high95: high });
  return bounds.flatMap(([estimate, one]) =>
    one === undefined ? [] : [{ labels: { ...labels, estimate }, value: one / divisor }],
  );
}

/** The comparisons whose numbers are believed. */
function comparisonsOf({ analysis, metrics }: ExportContext) {
  const { plan, loadPoints, baseline } = analysis;
  return loadPoints
    .filter((point) => whyNotBelieved(point) === undefined)
    .flatMap((point) =>
      point.comparisons
        .filter(
          ({ metric, endpoint, verdict }) =>
            endpoint !== undefined &&
            verdict.kind !== 'withheld' &&
            verdict.kind !== 'harness-limited' &&
            metrics.some(({ id }) => id === metric),
        )
        .map((comparison) => ({
          comparison,
          labels: {
            scenario: plan.scenario,
            metric: comparison.metric,
            arm: comparison.otherArm,
            baseline: comparison.baselineArm ?? baseline,
            load: loadPointTitle(point.loadPoint),
          },
        })),
    );
}

function effectFamily(context: ExportContext): Family {
  return {
    name: `${NAMESPACE}_effect_ratio`,
    type: 'gauge',
    unit: 'ratio',
    help: 'Endpoint of an arm over that of its baseline, paired over blocks.',
    samples: comparisonsOf(context).flatMap(({ comparison: { ratio }, labels }) =>
      ratio === undefined ? [] : boundsOf(ratio, labels, 1),
    ),
  };
}

function verdictFamily(context: ExportContext): Family {
  return {
    name: `${NAMESPACE}_verdict`,
    type: 'info',
    help: 'Verdict of each endpoint of a pair of arms.',
    samples: comparisonsOf(context).map(({ comparison: { verdict }, labels }) => ({
      labels: { ...labels, verdict: verdict.kind, favours: verdict.favours ?? '' },
      value: 1,
    })),
  };
}

function textOf(families: readonly Family[]): string {
  const lines = families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, type, unit, help, samples }) => {
      const unitLine = unit === undefined ? [] : [`# UNIT ${name} ${unit}`];
      return [`# TYPE ${name} ${type}`].concat(
        unitLine,
        `# HELP ${name} ${escaped(help)}`,
        samples.map(
          ({ labels, value }) =>
            `${name}${type === 'info' ? '_info' : ''}{${labelsText(labels)}} ${value}`,
        ),
      );
    });
  return `${lines.join('\n')}\n${END_OF_TEXT}`;
}

function labelsText(labels: Sample['labels']): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function escaped(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('"', String.raw`\"`);
}
