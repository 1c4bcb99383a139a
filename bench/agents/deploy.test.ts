// The recipes of deploy/, held against the schemas of the Kubernetes API, and against the command
// line that they call.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { runMain } from '../cli-fixture.ts';
import { projectPath } from '../contract/program.ts';

const folder = projectPath('deploy/base');

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const kinds = { Deployment, Job, Namespace, PersistentVolumeClaim, Service };

function read(file: string): readonly Manifest[] {
  return parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map(
    (document) => document.toJS() as Manifest,
  );
}

function validate(manifest: Manifest): void {
  const Kind = kinds[manifest.kind as keyof typeof kinds] as unknown as new (data: Manifest) => {
    validate: () => void;
  };
  new Kind(manifest).validate();
}

const { resources, secretGenerator, configMapGenerator } = parse(
  readFileSync(join(folder, 'kustomization.yaml'), 'utf8'),
) as {
  resources: string[];
  secretGenerator: { name: string }[];
  configMapGenerator: { name: string }[];
};
const manifests = resources.flatMap((file) => read(file));

it('all files of the base are in it', () => {
  const there = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  expect(there.toSorted()).toEqual([...resources, 'kustomization.yaml'].toSorted());
});

it.each(manifests.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest]))(
  '%s is as the API has it',
  (_name, manifest) => {
    expect(() => validate(manifest)).not.toThrow();
  },
);

it('what the API does not have is found', () => {
  const job = { kind: 'Job', metadata: { name: 'x' }, spec: { backoffLimit: 'none' } };
  expect(() => validate(job)).toThrow('spec');
});

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: string[];
}

interface PodTemplate {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: {
    readonly containers: Container[];
    readonly volumes: {
      readonly secret?: { secretName: string };
      readonly configMap?: { name: string };
      readonly persistentVolumeClaim?: { claimName: string };
    }[];
  };
}

const pods = manifests.flatMap(({ kind, ...rest }) => {
  const { spec } = rest as unknown as { spec: { template: PodTemplate } };
  return kind === 'Deployment' || kind === 'Job' ? [Object.assign({ kind }, spec.template)] : [];
});

it('volumes are of secrets, configurations and claims that exist', () => {
  const known = [
    ...[...secretGenerator, ...configMapGenerator].map(({ name }) => name),
    ...manifests
      .filter(({ kind }) => kind === 'PersistentVolumeClaim')
      .map((one) => one.metadata.name),
  ];
  for (const { secret, configMap, persistentVolumeClaim } of pods.flatMap(
    (pod) => pod.spec.volumes,
  ))
    expect(known).toContain(
      secret?.secretName ?? configMap?.name ?? persistentVolumeClaim?.claimName,
    );
});

const agents = pods.filter(
  ({ metadata }) => metadata.labels['app.kubernetes.io/name'] === 'streamduel-agent',
);

it('no two agents share a node', () => {
  expect(agents).toHaveLength(2);
  for (const { spec } of agents)
    expect(spec).toMatchObject({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'streamduel-agent' } },
            },
          ],
        },
      },
    });
});

describe('the command lines', () => {
  const argumentsOf = (pod: (typeof pods)[number]): string[] =>
    pod.spec.containers.flatMap(({ args }) => args);
  const controller = pods.find(({ kind }) => kind === 'Job');

  it('as many agents are there as the run needs', () => {
    const words = controller === undefined ? [] : argumentsOf(controller);
    for (const part of ['load', 'server']) {
      const wanted = words.find((word) => word.startsWith(`--${part}-agents=`))?.split('=')[1];
      const deployment = manifests.find(({ metadata }) => metadata.name === `${part}-agents`);
      expect(deployment).toMatchObject({ spec: { replicas: Number(wanted) } });
    }
  });

  it('the run is one that can be planned', async () => {
    const words = controller === undefined ? [] : argumentsOf(controller);
    const { code, stderr } = await runMain(...words, '--dry-run');
    expect([code, stderr]).toEqual([0, '']);
  });

  it.each(agents.map((pod) => [argumentsOf(pod).join(' '), argumentsOf(pod)]))(
    '%s goes as far as its credentials',
    async (_words, words) => {
      // Kubernetes puts values of the environment there.
      const filled = words.map((word) => word.replace(/\$\(\w+\)/, '10.0.0.1'));
      const { code, stderr } = await runMain(...filled);
      expect(code).toBe(2);
      expect(stderr).toContain('--creds /etc/broker/user.nk: ENOENT');
    },
  );
});
