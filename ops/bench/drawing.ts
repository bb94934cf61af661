import { pathToFileURL } from 'node:url';
import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import type { Drawer } from '../../protocol/drawing/drawer.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import type { TensorSpec } from '../../protocol/drawing/tensor-spec.js';
import { express } from '../../protocol/encodings/cppn/express.js';
import type { GenomeShape } from '../../protocol/encodings/encoding.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { DEFAULT_LAYERS } from '../../protocol/encodings/layers-spec.js';
import { PAPER_MUTATION } from '../../protocol/encodings/mutation-spec.js';
import { mutateGenome, randomGenome } from '../../protocol/encodings/variation.js';

/** What to draw: `genomes` evolved blindly until each expresses `nodes` nodes (0: they are drawn as they start, as encodings other than `cppn` are). */
export interface DrawingCase {
  readonly name: string;
  readonly shape: GenomeShape;
  readonly nodes: number;
  readonly genomes: number;
  readonly spec: TensorSpec;
}

export interface DrawingResult {
  readonly name: string;
  /** Expressed nodes (inputs not counted) and connections into each, means. */
  readonly nodes: number;
  readonly incoming: number;
  /** Median and least over the rounds, of the mean over the genomes. */
  readonly msPerImage: number;
  readonly leastMsPerImage: number;
}

const colour = (side: number): TensorSpec => ({
  layout: 'NCHW',
  width: side,
  height: side,
  channels: 'RGB',
  // ImageNet's usual mean and deviation.
  scale: [0.229, 0.224, 0.225].map((deviation) => 1 / 255 / deviation),
  offset: [-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225],
});
const grey = (side: number): TensorSpec => ({
  layout: 'NHWC',
  width: side,
  height: side,
  channels: 'grey',
  scale: [1 / 255],
  offset: [0],
});

/** The sizes that Atoll spends its time on. */
export const DRAWING_CASES: readonly DrawingCase[] = [
  ...[14, 25, 40].map((nodes) => ({
    name: `cppn ${nodes} nodes 224²`,
    shape: { encoding: 'cppn', canvas: 256, channels: 3, layers: DEFAULT_LAYERS } as const,
    nodes,
    genomes: 24,
    spec: colour(224),
  })),
  {
    name: 'cppn 14 nodes 28² grey',
    shape: { encoding: 'cppn', canvas: 28, channels: 1, layers: DEFAULT_LAYERS },
    nodes: 14,
    genomes: 64,
    spec: grey(28),
  },
  {
    name: 'direct 224²',
    shape: { encoding: 'direct', canvas: 224, channels: 3, layers: DEFAULT_LAYERS },
    nodes: 0,
    genomes: 4,
    spec: colour(224),
  },
  {
    name: 'direct 256² at 224²',
    shape: { encoding: 'direct', canvas: 256, channels: 3, layers: DEFAULT_LAYERS },
    nodes: 0,
    genomes: 4,
    spec: colour(224),
  },
  {
    name: 'dense 3 × 24 224²',
    shape: { encoding: 'dense', canvas: 224, channels: 3, layers: DEFAULT_LAYERS },
    nodes: 0,
    genomes: 4,
    spec: colour(224),
  },
  {
    name: 'dense 3 × 24 28² grey',
    shape: { encoding: 'dense', canvas: 28, channels: 1, layers: DEFAULT_LAYERS },
    nodes: 0,
    genomes: 16,
    spec: grey(28),
  },
];

/** Draws a case's genomes one by one, `rounds` times after a warm-up, and times each round. */
export function measureDrawing(
  drawer: Drawer,
  { name, shape, nodes, genomes, spec }: DrawingCase,
  rounds: number,
  random: RandomStream,
): DrawingResult {
  const drawn = Array.from({ length: genomes }, () => grow(shape, nodes, random));
  const draw = () => {
    for (const genome of drawn) drawer.tensor([genome], spec, 'single');
  };
  for (let i = 0; i < Math.ceil(rounds / 4); i++) draw();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    draw();
    return (performance.now() - start) / genomes;
  }).sort((a, b) => a - b);
  const expressed = drawn.flatMap((genome) => (genome.encoding === 'cppn' ? [express(genome)] : []));
  const connections = expressed.reduce((sum, { weights }) => sum + weights.length, 0);
  return {
    name,
    nodes,
    incoming: expressed.length === 0 ? 0 : connections / expressed.length / nodes,
    msPerImage: times[times.length >> 1] ?? 0,
    leastMsPerImage: times[0] ?? 0,
  };
}

/**
 * Genomes that selection has kept are denser than those that blind drift leaves (about 1.1 connections into a node):
 * these chances give about 2.2.
 */
const WELL_FED = { ...PAPER_MUTATION, addConnection: 0.9, deleteConnection: 0.05 };

/** Mutates a random genome, and its children, until one expresses just so many nodes. One of another encoding stays as it is. */
function grow(shape: GenomeShape, nodes: number, random: RandomStream): Genome {
  let genome = randomGenome(shape, random);
  while (genome.encoding === 'cppn') {
    const now = express(genome).activations.length;
    if (now === nodes) break;
    // Grown past it: from the start again.
    genome = now > nodes ? randomGenome(shape, random) : mutateGenome(genome, WELL_FED, 0, random);
  }
  return genome;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const drawer = loadDrawer();
  for (const each of DRAWING_CASES) {
    const result = measureDrawing(drawer, each, 40, randomFrom(1, 'bench', each.name));
    process.stdout.write(
      `${result.name.padEnd(24)} ${result.msPerImage.toFixed(4)} ms, least ${result.leastMsPerImage.toFixed(4)}` +
        ` (${result.incoming.toFixed(2)} incoming a node)\n`,
    );
  }
}
