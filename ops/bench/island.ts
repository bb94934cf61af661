import { setTimeout } from 'node:timers/promises';
import { createCandidate } from '../../protocol/archive/candidate.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import type { Drawer } from '../../protocol/drawing/drawer.js';
import { VIEW_COUNT } from '../../protocol/drawing/tensor-spec.js';
import type { Genome } from '../../protocol/encodings/genome.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { IslandLink } from '../../protocol/transport/transport.js';
import { encodeMessageIn } from '../../protocol/wire/codec.js';
import { createMessageMemory } from '../../protocol/wire/message-memory.js';
import type { Classifier } from '../../worker/classifier/classifier.js';
import { meanOfViews } from '../../worker/classifier/views.js';
import { emitterFor } from '../../worker/emitter/emitters.js';
import { createDispatch } from '../../worker/island/dispatch.js';
import { createIsland, type Island } from '../../worker/island/island.js';
import { scorerFor } from '../../worker/scorer-for.js';
import { expressedNodes, grow } from './grow.js';
import { median } from './median.js';

/** Rates are images a second, medians over the rounds; ratios are taken round by round, so that drift cancels. */
export interface IslandBench {
  /** The engine alone: `classify` over and over, on images drawn from evolved genomes. */
  readonly classifyRate: number;
  /** Drawing alone, into the network's tensor. */
  readonly drawRate: number;
  /** The whole island loop: vary, draw, classify, merge, encode what improves. */
  readonly loopRate: number;
  /** loopRate / classifyRate: 1 when everything but the network is free. */
  readonly loopEfficiency: number;
  /** Mean expressed nodes of the elites that the loop mutated, inputs left out; 0 for other encodings than cppn. */
  readonly meanNodes: number;
  readonly rounds: number;
}

/** A round measures the three in turn; long enough for hundreds of images, short enough that the machine is the same. */
const ROUND_SECONDS = 1.5;

/** Share of a round that each measurement gets. */
const SHARE = { classify: 0.3, draw: 0.1, loop: 0.6 } as const;

/** As coordinator/coordinator.ts collects messages for one commit. */
const COMMIT_MILLISECONDS = 100;

/** A warm-up lets the grown genomes compete, and the engine and the compiler settle. */
const WARM_UP_SHARE = 0.3;

/**
 * Measures one island on one engine session, in this process, for about `seconds`.
 * Genomes are first grown by mutation to `nodes` expressed nodes, as evolution grows them in its first hours.
 */
export async function benchIsland(parts: {
  readonly spec: RunSpec;
  readonly classifier: Classifier;
  readonly drawer: Drawer;
  readonly nodes: number;
  readonly seconds: number;
  /** Seconds, monotone. */
  readonly clock: () => number;
  readonly onRound: (done: number, of: number) => void;
}): Promise<IslandBench> {
  const { spec, classifier, drawer, clock } = parts;
  const random = randomFrom(spec.seed, 'bench');
  const island = createIsland({
    island: 0,
    spec: { ...spec, evolution: { ...spec.evolution, initial: 1 } },
    random,
    scorer: scorerFor(spec, { drawer, classifier, clock }),
    emitter: emitterFor(spec),
  });
  const { migration } = spec;
  const dispatch = createDispatch({ number: 0, island, link: encodingLink(), migration, random, clock });
  const genomes = Array.from({ length: Math.min(spec.classes, 256) }, () =>
    grow(shapeOf(spec), parts.nodes, spec.evolution.mutation, random),
  );
  for (const genome of genomes) island.receive(await evaluate(genome, parts));

  const step = async () => {
    const before = island.totals.evaluations;
    dispatch.add(await island.step(spec.batch));
    dispatch.flush([]);
    return island.totals.evaluations - before;
  };
  await repeat(step, WARM_UP_SHARE * parts.seconds, clock);

  const batch = Array.from({ length: spec.batch }, () =>
    genomeOf(island, random.below(island.archive.filled)),
  );
  const views = VIEW_COUNT[spec.views];
  const tensor = drawer.tensor(batch, classifier.input, spec.views).slice();
  const rounds = Math.max(3, Math.round(((1 - WARM_UP_SHARE) * parts.seconds) / ROUND_SECONDS));
  const rates = {
    classify: [] as number[],
    draw: [] as number[],
    loop: [] as number[],
    ratio: [] as number[],
  };
  for (let round = 0; round < rounds; round++) {
    const classify = await repeat(
      async () => {
        await classifier.classify(tensor, batch.length * views);
        return batch.length;
      },
      SHARE.classify * ROUND_SECONDS,
      clock,
    );
    const draw = await repeat(
      async () => {
        const genome = genomeOf(island, random.below(island.archive.filled));
        drawer.tensor([genome], classifier.input, spec.views);
        return 1;
      },
      SHARE.draw * ROUND_SECONDS,
      clock,
    );
    const loop = await repeat(step, SHARE.loop * ROUND_SECONDS, clock);
    rates.classify.push(classify);
    rates.draw.push(draw);
    rates.loop.push(loop);
    rates.ratio.push(loop / classify);
    parts.onRound(round + 1, rounds);
  }
  return {
    classifyRate: median(rates.classify),
    drawRate: median(rates.draw),
    loopRate: median(rates.loop),
    loopEfficiency: median(rates.ratio),
    meanNodes: meanNodes(island.archive.elites()),
    rounds,
  };
}

/** Calls `once` for about `seconds`; returns how many images it did a second. */
async function repeat(once: () => Promise<number>, seconds: number, clock: () => number): Promise<number> {
  const start = clock();
  let images = 0;
  while (clock() - start < seconds) images += await once();
  return images / (clock() - start);
}

/** The genome as a candidate for every class's cell. */
async function evaluate(
  genome: Genome,
  { spec, classifier, drawer }: Pick<Parameters<typeof benchIsland>[0], 'spec' | 'classifier' | 'drawer'>,
): Promise<Elite[]> {
  const views = VIEW_COUNT[spec.views];
  const rows = await classifier.classify(drawer.tensor([genome], classifier.input, spec.views), views);
  const candidate = createCandidate(genome, { evaluation: 0, island: 0 });
  return [...meanOfViews(rows, views, spec.classes)].map((confidence, classId) => ({
    classId,
    confidence,
    candidate,
  }));
}

function genomeOf(island: Island, i: number): Genome {
  return island.archive.nthFilled(i).candidate.genome;
}

function meanNodes(elites: Iterable<Elite>): number {
  const counts = [...elites].map(({ candidate }) => expressedNodes(candidate.genome));
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

/** A link that costs what sending costs here, encoding as the link between processes does, and answers as late as a coordinator that commits for many. */
function encodingLink(): Pick<IslandLink, 'improve' | 'migrate'> {
  const memory = createMessageMemory();
  return {
    async improve(improvements) {
      memory.giveBack(encodeMessageIn(memory, { type: 'improvements', ...improvements }));
      await setTimeout(COMMIT_MILLISECONDS);
    },
    migrate: () => true,
  };
}
