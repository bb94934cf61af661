import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { encodeGenome } from '../../protocol/encodings/codec.js';
import type { CppnGenome } from '../../protocol/encodings/cppn/genome.js';
import { mutateCppn, randomCppn } from '../../protocol/encodings/cppn/variation.js';
import { digestOf } from '../../protocol/encodings/digest.js';
import { PAPER_MUTATION } from '../../protocol/encodings/mutation-spec.js';
import type { LiveCell } from '../../protocol/wire/live.js';

/** A run that nobody evolves: real CPPNs with real descent, and confidences out of thin air. */

interface Known {
  readonly genome: CppnGenome;
  readonly bytes: Uint8Array;
  readonly digest: string;
  readonly parent?: { readonly digest: string; readonly classId: number };
  readonly island: number;
  readonly evaluation: number;
}

export interface FakeJump {
  readonly digest: string;
  readonly confidence: number;
  readonly previousConfidence: number | null;
  readonly goalSwitch: boolean;
  readonly evaluation: number;
  readonly island: number;
  readonly time: number;
  readonly kept: 'genome' | 'miniature' | 'digest';
}

export interface FakeRun {
  readonly name: string;
  readonly classes: number;
  readonly labels: readonly string[];
  readonly cells: Map<number, LiveCell>;
  readonly history: Map<number, FakeJump[]>;
  readonly known: Map<string, Known>;
  evaluations: number;
  jumps: number;
  goalSwitches: number;
  state: 'running' | 'paused' | 'ended';
  readonly curve: { evaluation: number; coverage: number; median: number }[];
  /** One class becomes better, at that time; a given class, or any. */
  improve(time: number, classId?: number): LiveCell;
}

export const ISLANDS = 4;
/** Milliseconds since 1970: a run is as old every time. */
export const FOUNDED = Date.UTC(2026, 10, 25, 21, 0, 0);

const KINDS = ['bright', 'old', 'garden', 'river', 'paper', 'field', 'glass', 'desert', 'winter', 'city'];
const MORE_KINDS = ['stone', 'night', 'sea', 'copper', 'silk', 'forest', 'school', 'fire', 'mountain', 'toy'];
const THINGS = [
  'bus',
  'guitar',
  'lantern',
  'spider',
  'clock',
  'boat',
  'beetle',
  'bell',
  'orchid',
  'piano',
  'kite',
];
const MORE_THINGS = [
  'heron',
  'ladder',
  'mask',
  'shell',
  'bridge',
  'comb',
  'goblet',
  'maze',
  'quilt',
  'fern',
  'drum',
];
const LAST_THINGS = ['tower', 'honeycomb and its keeper'];

function labelsOf(classes: number): string[] {
  if (classes <= 10) return Array.from({ length: classes }, (_, i) => `${i}`);
  const kinds = [...KINDS, ...MORE_KINDS];
  const things = [...THINGS, ...MORE_THINGS, ...LAST_THINGS];
  return Array.from({ length: classes }, (_, i) => {
    const round = Math.floor(i / (kinds.length * things.length));
    const name = `${kinds[i % kinds.length]} ${things[Math.floor(i / kinds.length) % things.length]}`;
    return round === 0 ? name : `${name} ${round + 1}`;
  });
}

export interface FakeRunOptions {
  readonly name: string;
  readonly classes: number;
  readonly seed?: number;
  readonly outputs?: 1 | 3;
  readonly canvas?: number;
  /** Improvements of a class, on average, that have been before the page looks. */
  readonly past?: number;
  /** Share of the classes that never get an image by themselves. */
  readonly empty?: number;
}

export function createFakeRun(options: FakeRunOptions): FakeRun {
  const { name, classes, seed = 7, outputs = 3, canvas = 256, past = 12, empty = 0.03 } = options;
  const random = randomFrom(seed, 'gallery', name);
  const cells = new Map<number, LiveCell>();
  const history = new Map<number, FakeJump[]>();
  const known = new Map<string, Known>();
  const reachable = Array.from({ length: classes }, (_, i) => i).filter(() => !random.chance(empty));
  const filled: number[] = [];

  function bear(classId: number): Known {
    const own = cells.get(classId);
    const from =
      own !== undefined && random.chance(0.8) ? classId : filled[random.below(Math.max(1, filled.length))];
    const parent =
      from === undefined || random.chance(own === undefined ? 0.2 : 0) ? undefined : cells.get(from);
    const parentGenome = parent && known.get(parent.digest)?.genome;
    const child = () =>
      parentGenome === undefined
        ? tamed(randomCppn(canvas, outputs, random), random)
        : mutateCppn(mutateCppn(parentGenome, PAPER_MUTATION, random), PAPER_MUTATION, random);
    const genome = liveliest(Array.from({ length: 3 }, child));
    const bytes = encodeGenome(genome);
    return {
      genome,
      bytes,
      digest: digestOf(bytes),
      ...(parentGenome && parent && { parent: { digest: parent.digest, classId: parent.classId } }),
      island: random.below(ISLANDS),
      evaluation: Math.floor(run.evaluations / ISLANDS) + 1,
    };
  }

  const run: FakeRun = {
    name,
    classes,
    labels: labelsOf(classes),
    cells,
    history,
    known,
    evaluations: 0,
    jumps: 0,
    goalSwitches: 0,
    state: 'running',
    curve: [],
    improve(time, wanted) {
      const classId = wanted ?? (reachable[random.below(reachable.length)] as number);
      const before = cells.get(classId);
      let born = bear(classId);
      // A child that is an ancestor again would be its own descent.
      while (known.has(born.digest)) born = bear(classId);
      known.set(born.digest, born);
      const gain = random.uniform() ** 2;
      const confidence = Math.fround(
        before === undefined
          ? 0.004 + gain * 0.2
          : before.confidence + (1 - before.confidence) * (0.05 + 0.6 * gain),
      );
      const goalSwitch = born.parent !== undefined && born.parent.classId !== classId;
      if (before === undefined) filled.push(classId);
      run.evaluations += 1 + random.below(60);
      return record(run, { classId, confidence, born, goalSwitch, time, before: before?.confidence ?? null });
    },
  };

  const total = reachable.length * past;
  for (let i = 0; i < total; i++) {
    // A night, of which the last minute is the fullest.
    run.improve(
      FOUNDED + Math.floor(30_000_000 * (i / total) ** 0.5),
      i < reachable.length ? reachable[i] : undefined,
    );
    if (i % Math.ceil(total / 200) === 0) run.curve.push({ evaluation: run.evaluations, ...standing(run) });
  }
  return run;
}

function record(
  run: FakeRun,
  win: {
    readonly classId: number;
    readonly confidence: number;
    readonly born: Known;
    readonly goalSwitch: boolean;
    readonly time: number;
    readonly before: number | null;
  },
): LiveCell {
  const { classId, confidence, born, goalSwitch, time, before } = win;
  const { digest, island } = born;
  run.jumps++;
  if (goalSwitch) run.goalSwitches++;
  const jump = {
    digest,
    confidence,
    previousConfidence: before,
    goalSwitch,
    evaluation: run.evaluations,
    island,
    time,
    kept: 'genome' as const,
  };
  run.history.set(classId, [...(run.history.get(classId) ?? []), jump]);
  const cell = {
    classId,
    confidence,
    digest,
    genome: born.bytes,
    island,
    evaluation: born.evaluation,
    changed: time,
  };
  run.cells.set(classId, cell);
  return cell;
}

/** Median and coverage as they are. */
export function standing(run: FakeRun): { coverage: number; median: number } {
  const all = Array.from({ length: run.classes }, (_, i) => run.cells.get(i)?.confidence ?? 0).sort(
    (a, b) => a - b,
  );
  return { coverage: run.cells.size / run.classes, median: all[Math.floor(run.classes / 2)] ?? 0 };
}

const drawer = loadDrawer();
const SAMPLE = 12;

/** Of several pictures the one that varies most: as good a judge of what is worth looking at as any. */
function liveliest(genomes: readonly CppnGenome[]): CppnGenome {
  const [first, ...others] = genomes.map((genome) => ({ genome, variety: varietyOf(genome) }));
  if (first === undefined) throw new RangeError('expected at least one genome');
  return others.reduce((best, each) => (each.variety > best.variety ? each : best), first).genome;
}

/** Spread of all bytes and of what changes from pixel to pixel, less the latter where it is mere noise. */
function varietyOf(genome: CppnGenome): number {
  const { data, channels } = drawer.pixels(genome, SAMPLE, SAMPLE);
  const mean = data.reduce((sum, byte) => sum + byte, 0) / data.length;
  const spread = Math.sqrt(data.reduce((sum, byte) => sum + (byte - mean) ** 2, 0) / data.length);
  let jumps = 0;
  for (let i = channels; i < data.length; i++) jumps += Math.abs((data[i] ?? 0) - (data[i - channels] ?? 0));
  const rough = jumps / data.length;
  return spread + Math.min(rough, 30) - Math.max(0, rough - 45);
}

/** Pixel indices get weights of their own size: a random picture is noise otherwise, which evolution soon leaves. */
function tamed(genome: CppnGenome, random: RandomStream): CppnGenome {
  const weights = genome.weights.map((weight, c) =>
    (genome.sources[c] ?? 0) < 2 ? (weight / genome.canvas) * (1 + 3 * random.uniform()) : weight / 3,
  );
  return { ...genome, weights };
}

/** A genome's ancestors, oldest first, itself last. */
export function lineageOf(run: FakeRun, classId: number) {
  const chain: { digest: string; classId: number }[] = [];
  let at: { digest: string; classId: number } | undefined = run.cells.get(classId);
  while (at !== undefined) {
    chain.push({ digest: at.digest, classId: at.classId });
    at = run.known.get(at.digest)?.parent;
  }
  return chain.reverse().map(({ digest, classId: held }) => {
    const jump = run.history.get(held)?.find((each) => each.digest === digest);
    return {
      digest,
      classId: held,
      label: run.labels[held] ?? '',
      confidence: jump?.confidence ?? 0,
      evaluation: jump?.evaluation ?? 0,
      island: jump?.island ?? 0,
      kept: 'genome',
    };
  });
}
