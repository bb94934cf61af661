import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Import, Source } from '../../ops/rooms/sources.js';
import { BY_PATH, isOurs, ROOT, SHIPPED, SOURCES, withoutComments } from './sources.js';

/** The architecture (ARCHITECTURE.md), read from the source as it lies there. */

/** `@scope/name/file` and `name/file` without the file. */
function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Lines like `a → b` for every import that breaks `rule`; none when the source keeps to it. */
function breaches(
  rule: (source: Source, each: Import) => boolean,
  sources: readonly Source[] = SHIPPED,
): string[] {
  return sources.flatMap((source) =>
    source.imports.filter((each) => !rule(source, each)).map(({ target }) => `${source.path} → ${target}`),
  );
}

const startsWithAny = (path: string, prefixes: readonly string[]): boolean =>
  prefixes.some((prefix) => path.startsWith(prefix));

/** Pure: no I/O, no clock, no chance but what they are given. `loop.ts` is where an island meets its event loop. */
const PURE = [
  'protocol/encodings/',
  'protocol/archive/',
  'protocol/wire/',
  'protocol/spec/',
  'coordinator/audit/',
  'coordinator/intake/',
  'coordinator/islands/',
  'coordinator/life/',
  'worker/emitter/',
  'worker/island/',
  'worker/training/',
  'worker/ascent/',
  'worker/perturbation/',
  'worker/pixels/',
  'ops/lab/statistics/',
  'ops/lab/occlusion/occlusion.ts',
  'ops/lab/occlusion/saliency.ts',
  'ops/lab/ablation/ablation.ts',
  'ops/lab/ablation/lattice.ts',
  'ops/lab/ablation/repetition.ts',
  'ops/lab/compare/groups.ts',
  'ops/lab/generative/generative-model.ts',
  'ops/lab/shortcut/silhouettes.ts',
  'ops/lab/shortcut/alterations.ts',
  'ops/lab/perturbation/search.ts',
  'ops/lab/perturbation/sentence.ts',
  'ops/lab/report/lineage.ts',
];
/** A commit waits for its time; an epoch lets signals in; the rest of training that is named here reads and writes. */
const RIM =
  /^(?:worker\/island\/loop|coordinator\/intake\/committer|worker\/training\/(?:array-file|checkpoint|epoch|idx|onnx-session|read-images|train-folder|train(?:ed)?-network))\.ts$/;
const isPure = (path: string): boolean => startsWithAny(path, PURE) && !RIM.test(path);

/** The gallery's page runs in a browser: a room of its own. */
const PAGE = 'coordinator/gallery/page/';

/** Where a module may be imported, besides test/; a module that does I/O and is not here may be imported nowhere. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  'onnxruntime-node': ['worker/classifier/onnx/', 'worker/training/'],
  '@tensorflow/tfjs-core': ['worker/classifier/tensorflow/', 'worker/digits/'],
  '@tensorflow/tfjs-layers': ['worker/classifier/tensorflow/', 'worker/digits/'],
  '@tensorflow/tfjs-converter': ['worker/classifier/tensorflow/'],
  '@tensorflow/tfjs-backend-wasm': ['worker/classifier/tensorflow/', 'worker/digits/'],
  '@tensorflow/tfjs-backend-webgpu': ['worker/classifier/tensorflow/'],
  '@tensorflow/tfjs-node-gpu': ['worker/classifier/tensorflow/'],
  webgpu: ['worker/classifier/tensorflow/'],
  libsql: ['coordinator/store/'],
  nats: ['protocol/transport/nats/'],
  hono: ['coordinator/http/'],
  'hono/bearer-auth': ['coordinator/http/'],
  'hono/http-exception': ['coordinator/http/'],
  '@hono/node-server': ['coordinator/http/'],
  'rate-limiter-flexible': ['coordinator/http/'],
  ws: ['coordinator/gallery/'],
  'prom-client': [
    'coordinator/metrics.ts',
    'coordinator/metrics/',
    'ops/cluster/',
    'ops/run/',
    'ops/bench/scrape.ts',
  ],
  sharp: [
    'coordinator/export/',
    'worker/classifier/',
    'ops/grafana/sketch/',
    'worker/constraints/',
    'worker/emoji/',
    'ops/lab/',
  ],
  'protobufjs/minimal.js': ['protocol/', 'worker/onnx/'],
  zod: ['protocol/', 'coordinator/', 'worker/', 'ops/lab/', 'ops/bench/search/'],
  'd3-chord': ['ops/lab/figures/'],
  'd3-scale': ['ops/lab/figures/'],
  'd3-shape': ['ops/lab/figures/'],
  yaml: ['coordinator/', 'worker/', 'ops/'],
  'csv-parse/sync': ['worker/model/labels/'],
  commander: ['ops/'],
  preact: [PAGE],
  'preact/hooks': [PAGE],
  '@preact/signals': [PAGE],
  uplot: [PAGE],
  'uplot/dist/uPlot.min.css': [PAGE],
  'log-update': ['ops/'],
  tar: ['ops/backup/'],
  pino: ['ops/cli/'],
  '@grafana/grafana-foundation-sdk/bargauge': ['ops/grafana/'],
  '@grafana/grafana-foundation-sdk/cog': ['ops/grafana/'],
  '@grafana/grafana-foundation-sdk/common': ['ops/grafana/'],
  '@grafana/grafana-foundation-sdk/dashboard': ['ops/grafana/'],
  '@grafana/grafana-foundation-sdk/heatmap': ['ops/grafana/'],
  '@grafana/grafana-foundation-sdk/prometheus': ['ops/grafana/'],
  '@grafana/grafana-foundation-sdk/stat': ['ops/grafana/'],
  '@grafana/grafana-foundation-sdk/timeseries': ['ops/grafana/'],
  'node:child_process': [
    'protocol/transport/local/',
    'ops/supervise/',
    'ops/cluster/',
    'ops/gallery/',
    'ops/bench/',
    'ops/doctor/',
    'ops/train-emoji.ts',
  ],
  'node:crypto': [
    'protocol/base/seeded-random.ts',
    'protocol/encodings/digest.ts',
    'protocol/files/',
    'protocol/transport/nats/',
    'coordinator/',
    'worker/',
    'ops/',
  ],
  'node:events': ['ops/'],
  'node:fs': ['protocol/drawing/load.ts', 'protocol/transport/nats/', 'coordinator/', 'worker/', 'ops/'],
  'node:fs/promises': ['protocol/files/', 'protocol/transport/nats/', 'coordinator/', 'worker/', 'ops/'],
  'node:http': ['coordinator/http/', 'coordinator/gallery/'],
  'node:module': ['worker/', 'ops/'],
  'node:net': ['coordinator/http/', 'ops/bench/'],
  'node:os': ['coordinator/', 'worker/', 'ops/'],
  'node:path': ['protocol/files/', 'protocol/transport/nats/', 'coordinator/', 'worker/', 'ops/'],
  'node:timers/promises': ['coordinator/', 'worker/', 'ops/'],
  'node:url': ['coordinator/', 'worker/', 'ops/'],
  'node:util': ['worker/', 'ops/'],
  'node:stream': ['coordinator/http/', 'coordinator/gallery/'],
  'node:zlib': ['worker/training/', 'coordinator/export/', 'coordinator/gallery/'],
};

/** Commands whose flags are known before what they do is loaded. */
const LIGHT = [
  'up',
  'coordinator',
  'worker',
  'status',
  'control',
  'trust',
  'runs',
  'gallery',
  'bench',
  'bench-cluster',
  'bench-gallery',
  'bench-swarm',
  'export',
  'verify',
  'models',
  'models-probe',
  'classify',
  'calibrate',
  'transfer',
  'occlude',
  'ablate',
  'perturb',
  'report',
  'compare',
  'backup',
  'doctor',
  'ascend',
  'train',
  'retrain',
  'shortcut',
  'generative',
];

/** Lines like `a → b` for every import, however far away from `start`, that is not ours and not allowed. */
function foreign(
  start: readonly string[],
  follows: (each: Import) => boolean,
  allowed: readonly string[],
): string[] {
  const seen = new Map<string, string>();
  const queue = [...start];
  for (const path of queue) {
    for (const each of BY_PATH.get(path)?.imports ?? []) {
      if (each.typeOnly || !follows(each) || seen.has(each.target)) continue;
      seen.set(each.target, path);
      if (isOurs(each.target)) queue.push(each.target);
    }
  }
  const found = [...seen].filter(([target]) => !isOurs(target) && !allowed.includes(target));
  return found.map(([target, path]) => `${path} → ${target}`);
}

describe('the architecture', () => {
  it('was read: every import of a file of ours leads to one', () => {
    expect(SHIPPED.length).toBeGreaterThan(100);
    const exists = ({ target }: Import) =>
      BY_PATH.has(target) || target.includes('/generated/') || existsSync(join(ROOT, target));
    expect(breaches((_, each) => !isOurs(each.target) || exists(each), SOURCES)).toEqual([]);
  });

  it('has imports that point one way: ops → coordinator, worker → protocol', () => {
    const below: Readonly<Record<string, readonly string[]>> = {
      protocol: ['protocol'],
      coordinator: ['coordinator', 'protocol'],
      worker: ['worker', 'protocol'],
      ops: ['ops', 'coordinator', 'worker', 'protocol'],
    };
    const folder = (path: string) => path.split('/')[0] ?? '';
    expect(
      breaches(
        ({ path }, { target }) => !isOurs(target) || below[folder(path)]?.includes(folder(target)) === true,
      ),
    ).toEqual([]);
  });

  it('keeps every engine, store and system module in its home', () => {
    expect(
      breaches(({ path }, { target }) => isOurs(target) || startsWithAny(path, HOMES[target] ?? [])),
    ).toEqual([]);
  });

  it('has a pure core: nothing that it loads, however far away, does I/O', () => {
    const allowed = ['node:crypto', 'protobufjs/minimal.js', 'zod'];
    const pure = SHIPPED.filter(({ path }) => isPure(path)).map(({ path }) => path);
    expect(foreign(pure, () => true, allowed)).toEqual([]);
  });

  it('has live messages that a browser reads: nothing that their codec loads is of Node', () => {
    const start = ['protocol/wire/live-codec.ts'];
    expect(foreign(start, () => true, ['protobufjs/minimal.js'])).toEqual([]);
    const node = SHIPPED.filter(
      ({ path }) => /wire\/(?:live|fields)/.test(path) && path.startsWith('protocol/'),
    );
    expect(node.length).toBe(3);
    expect(node.filter(({ text }) => /\b(?:Buffer|process)\b\./.test(withoutComments(text)))).toEqual([]);
  });

  it('has a page that sees protocol alone, nothing of Node, and that nothing else imports', () => {
    const page = SHIPPED.filter(({ path }) => path.startsWith(PAGE));
    expect(page.length).toBeGreaterThan(30);
    expect(
      breaches((_, { target }) => !isOurs(target) || startsWithAny(target, [PAGE, 'protocol/']), page),
    ).toEqual([]);
    const packages = ['preact', 'preact/hooks', '@preact/signals', 'uplot', 'uplot/dist/uPlot.min.css'];
    const paths = page.map(({ path }) => path);
    expect(foreign(paths, () => true, [...packages, 'protobufjs/minimal.js'])).toEqual([]);
    expect(breaches(({ path }, { target }) => path.startsWith(PAGE) || !target.startsWith(PAGE))).toEqual([]);
  });

  it('has a quick command line: help, version and a mistyped flag load commander alone', () => {
    const start = ['ops/atoll.ts', ...LIGHT.map((name) => `ops/commands/${name}.ts`)];
    expect(start.filter((path) => !BY_PATH.has(path))).toEqual([]);
    const libraries = (path: string) => foreign([path], ({ later }) => !later, ['commander']);
    expect(start.flatMap(libraries).filter((line) => !line.includes('→ node:'))).toEqual([]);
  });

  it('has a quick list of runs, which loads what reads a run directory and nothing else', () => {
    const libraries = foreign(['coordinator/run/runs.ts'], ({ later }) => !later, ['libsql', 'yaml', 'zod']);
    expect(libraries.filter((line) => !line.includes('→ node:'))).toEqual([]);
  });

  it('has a pure core: chance and time are arguments', () => {
    const impure =
      /\b(?:Math\.random|Date\.now|new Date|performance\.|process\.|setTimeout|setImmediate|fetch\()/;
    const found = SHIPPED.filter(({ path, text }) => isPure(path) && impure.test(withoutComments(text)));
    expect(found.map(({ path }) => path)).toEqual([]);
    expect(SHIPPED.filter(({ text }) => /\bMath\.random\b/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  it('has dashboards that are written by code which nothing else imports', () => {
    const within = (path: string) => path.startsWith('ops/grafana/');
    expect(breaches(({ path }, { target }) => within(path) || !within(target))).toEqual([]);
  });

  it('has no circles', () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const { target, typeOnly } of BY_PATH.get(path)?.imports ?? []) {
        if (!typeOnly && isOurs(target)) visit(target, [...trail, path]);
      }
      done.add(path);
    };
    for (const { path } of SHIPPED) visit(path, []);
    expect(circles).toEqual([]);
  });

  it('has no circles of folders: what a folder and those below it load never leads back to it', () => {
    // A folder and the folders within it are one thing: a port stands above its adapters, and puts them together.
    const within = (one: string, other: string) => `${one}/`.startsWith(`${other}/`);
    const edges = new Map<string, Map<string, string>>();
    for (const source of SHIPPED) {
      const from = dirname(source.path);
      for (const { target, typeOnly } of source.imports) {
        const to = dirname(target);
        if (typeOnly || !BY_PATH.has(target) || within(from, to) || within(to, from)) continue;
        const leaving = edges.get(from) ?? new Map<string, string>();
        edges.set(from, leaving.set(to, `${source.path} → ${target}`));
      }
    }
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (folder: string, trail: readonly string[], reasons: readonly string[]): void => {
      const start = trail.indexOf(folder);
      if (start >= 0) circles.push(reasons.slice(start).join(', '));
      if (done.has(folder) || start >= 0) return;
      for (const [to, reason] of edges.get(folder) ?? []) visit(to, [...trail, folder], [...reasons, reason]);
      done.add(folder);
    };
    for (const folder of edges.keys()) visit(folder, [], []);
    expect(edges.size).toBeGreaterThan(40);
    expect(circles).toEqual([]);
  });

  it('leaves each encoding to itself: others ask the encoding of a genome, and name none', () => {
    // A bench draws cases of each; the page shows the graphs that genomes are; a graph for the engine draws `dense`.
    const homes = [
      'protocol/encodings/cppn/',
      'protocol/encodings/direct/',
      'protocol/encodings/dense/',
      'protocol/encodings/names.ts',
      'ops/bench/drawing.ts',
      'coordinator/gallery/page/graph/',
      'worker/onnx/dense/',
    ];
    const found = SHIPPED.filter(
      ({ path, text }) =>
        !startsWithAny(path, homes) && /'(?:cppn|direct|dense)'/.test(withoutComments(text)),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it('leaves speaking to ops: no library writes to the console', () => {
    const speaks = /\bconsole\.|process\.(?:stdout|stderr)\b/;
    const found = SHIPPED.filter(
      ({ path, text }) => !path.startsWith('ops/') && speaks.test(withoutComments(text)),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it('has files that hold one noun: none is longer than 400 lines', () => {
    const long = SOURCES.filter(({ text }) => text.split('\n').length > 401);
    expect(long.map(({ path }) => path)).toEqual([]);
  });
});

describe('package.json', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly peerDependencies: Readonly<Record<string, string>>;
  };
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });

  /** What writes the dashboards runs while Atoll is developed: what it imports need not be installed elsewhere. */
  const RUNS = SHIPPED.filter(({ path }) => !path.startsWith('ops/grafana/'));

  it('names what is imported, and pins it', () => {
    const needed = RUNS.flatMap(({ imports }) =>
      imports
        .map(({ target }) => packageOf(target))
        .filter((name) => !isOurs(name) && !name.startsWith('node:')),
    );
    expect([...new Set(needed)].filter((name) => !declared.includes(name))).toEqual([]);
    const loose = Object.entries(manifest.dependencies).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('names nothing else, and the README gives the reason of each', () => {
    const text = SHIPPED.map((source) => source.text).join('\n');
    expect(declared.filter((name) => !text.includes(`'${name}`))).toEqual([]);
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const said = (name: string) =>
      readme.includes(`\`${name}\``) || readme.includes(`\`${name.replace('@tensorflow/tfjs', '')}\``);
    expect(declared.filter((name) => !said(name))).toEqual([]);
  });
});
