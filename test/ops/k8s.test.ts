import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { Service } from 'kubernetes-models/v1/Service';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { flagsOf } from './shipped-flags.js';

/** ops/k8s, as far as files show what they are without a cluster: against the published schemas, and against each other. */

const ROOT = fileURLToPath(new URL('../../ops/k8s', import.meta.url));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly ports: readonly { readonly name: string }[];
  readonly resources: { readonly limits: Readonly<Record<string, string | number>> };
  readonly securityContext: unknown;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly podMetricsEndpoints?: readonly {
      readonly port: string;
      readonly relabelings: readonly { readonly replacement?: string }[];
    }[];
    readonly template?: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly securityContext: unknown;
        readonly containers: readonly Container[];
      };
    };
  };
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly labels: readonly {
    readonly pairs: Readonly<Record<string, string>>;
    readonly includeTemplates?: boolean;
  }[];
  readonly configMapGenerator: readonly { readonly name: string; readonly envs: readonly string[] }[];
  readonly images: readonly { readonly name: string; readonly newTag: string }[];
}

const KUSTOMIZATION = parse(read('kustomization.yaml')) as Kustomization;
const MANIFESTS = KUSTOMIZATION.resources.flatMap((file) =>
  parseAllDocuments(read(file)).map((document) => document.toJS() as Manifest),
);
const PODS = MANIFESTS.flatMap(({ metadata, spec }) =>
  spec.template ? [[metadata.name, spec.template] as const] : [],
);

/** What checks a manifest of a kind against the schema that Kubernetes, or the operator, publishes. */
const KINDS: Readonly<Record<string, new (manifest: never) => { validate(): void }>> = {
  Deployment,
  NetworkPolicy,
  PodMonitor,
  Service,
  StatefulSet,
};

describe('ops/k8s', () => {
  it('has all its files in the kustomization, or for the chart of NATS', () => {
    const named = [
      ...KUSTOMIZATION.resources,
      ...KUSTOMIZATION.configMapGenerator.flatMap(({ envs }) => envs),
    ];
    expect(readdirSync(ROOT).sort()).toEqual([...named, 'kustomization.yaml', 'nats-values.yaml'].sort());
  });

  it.each(MANIFESTS.map((manifest) => [manifest.kind, manifest.metadata.name, manifest] as const))(
    '%s %s is what the published schema says',
    (kind, _, manifest) => {
      const Model = KINDS[kind];
      expect(Model).toBeDefined();
      if (Model) new Model(manifest as never).validate();
    },
  );

  it('is held against a schema that refuses what is not in it', () => {
    const [name, template] = PODS[0] ?? [];
    const wrong = { metadata: { name }, spec: { selector: {}, template, replicas: 'many' } };
    expect(() => new Deployment(wrong as never).validate()).toThrow();
  });

  it.each(PODS)('%s has flags that atoll has, and settings that run.env has', async (_, { spec }) => {
    for (const { args } of spec.containers) {
      const [verb = '', ...flags] = args;
      const known = (await flagsOf(verb)) ?? [];
      expect(flags.map((flag) => flag.split('=')[0]).filter((flag) => !known.includes(flag ?? ''))).toEqual(
        [],
      );
      const settings: readonly string[] = read('run.env').match(/^\w+(?==)/gm) ?? [];
      const used = [...args.join(' ').matchAll(/\$\((\w+)\)/g)].map(([, name = '']) => name);
      expect(used.filter((name) => !settings.includes(name))).toEqual([]);
    }
  });

  it.each(PODS)('%s is not root, is confined, and has passwords from files', (_, { spec }) => {
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    for (const container of spec.containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources.limits.memory).toBeDefined();
      for (const { name, value } of container.env) {
        if (/PASSWORD|TOKEN/.test(name)) expect(value).toMatch(/^\/run\/secrets\//);
      }
      expect(KUSTOMIZATION.images.map(({ name }) => name)).toContain(container.image);
    }
  });

  it('gives workers time to leave, one GPU each where they have one, and kills a coordinator, whom SIGTERM would end', () => {
    const specOf = (name: string) => PODS.find(([each]) => each === name)?.[1].spec;
    expect(specOf('coordinator')?.terminationGracePeriodSeconds).toBe(0);
    expect(specOf('worker')?.terminationGracePeriodSeconds).toBeGreaterThan(45);
    expect(specOf('worker-gpu')?.terminationGracePeriodSeconds).toBeGreaterThan(45);
    expect(specOf('worker-gpu')?.containers[0]?.resources.limits['nvidia.com/gpu']).toBe(1);
  });

  it('has network policies for the pods that the kustomization labels, and the first of them lets nothing through', () => {
    const [labels] = KUSTOMIZATION.labels;
    expect(labels?.includeTemplates).toBe(true);
    const policies = MANIFESTS.filter(({ kind }) => kind === 'NetworkPolicy');
    for (const { spec } of policies)
      expect(spec).toMatchObject({ podSelector: { matchLabels: labels?.pairs } });
    expect(policies[0]?.spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'] });
    expect(Object.keys(policies[0]?.spec ?? {})).toEqual(['podSelector', 'policyTypes']);
  });

  it('has monitors that meet pods and ports that are there, under the names of jobs that rules know', () => {
    const monitors = MANIFESTS.filter(({ kind }) => kind === 'PodMonitor');
    const jobs = monitors
      .flatMap(({ spec }) => spec.podMetricsEndpoints ?? [])
      .flatMap(({ relabelings }) => relabelings);
    expect(jobs.flatMap(({ replacement }) => replacement ?? [])).toEqual([
      'atoll-coordinator',
      'atoll-worker',
    ]);
    for (const { metadata, spec } of monitors) {
      const wanted = Object.entries(spec.selector?.matchLabels ?? {});
      const met = PODS.filter(([, pod]) =>
        wanted.every(([key, value]) => pod.metadata.labels[key] === value),
      );
      expect(met.length, metadata.name).toBeGreaterThan(0);
      const ports = met.flatMap(([, pod]) => pod.spec.containers.flatMap((container) => container.ports));
      for (const { port } of spec.podMetricsEndpoints ?? [])
        expect(ports.map(({ name }) => name)).toContain(port);
    }
  });
});
