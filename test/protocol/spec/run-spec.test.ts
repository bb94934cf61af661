import { describe, expect, it } from 'vitest';
import { fillSpec, type ModelFacts } from '../../../protocol/spec/fill-spec.js';
import { shapeOf } from '../../../protocol/spec/run-shape.js';
import { checkSpec, checkSpecInput, type RunSpecInput } from '../../../protocol/spec/run-spec.js';

const DIGEST = '0'.repeat(64);
const IMAGENET: ModelFacts = { digest: DIGEST, classes: 1000, side: 224, channels: 3, batch: 8 };
const MNIST: ModelFacts = { digest: DIGEST, classes: 10, side: 28, channels: 1, batch: 32 };

const fill = (facts: ModelFacts, input: RunSpecInput = {}) =>
  fillSpec({ ...input, name: 'run', seed: 1, model: 'net' }, facts);

describe('a run spec that is filled in', () => {
  /** The budget and the selection of the paper. */
  const paper: [string, ModelFacts, RunSpecInput, { size: number; canvas: number }][] = [
    ['MNIST with cppn', MNIST, { encoding: 'cppn' }, { size: 200, canvas: 28 }],
    ['MNIST with direct', MNIST, { encoding: 'direct' }, { size: 200, canvas: 28 }],
    ['ImageNet with cppn', IMAGENET, { encoding: 'cppn' }, { size: 400, canvas: 256 }],
    ['ImageNet with direct', IMAGENET, { encoding: 'direct', views: 'ten-crop' }, { size: 200, canvas: 256 }],
  ];
  it.each(paper)('has the paper’s numbers for %s', (_, facts, input, { size, canvas }) => {
    const spec = fill(facts, { ...input, preset: 'paper' });
    expect(spec).toMatchObject({ preset: 'paper', canvas, channels: facts.channels });
    expect(spec.evolution).toEqual({
      emitters: ['mutation'],
      gradient: { steps: 32, rate: 0.05, smooth: 0, decay: 0 },
      gradientCost: 4,
      constraints: { views: [], reduce: 'minimum' },
      initial: size,
      generation: size,
      parents: 'uniform',
      insertion: 'generation',
      skipNeutral: false,
      layers: { count: 3, width: 24 },
      mutation: {
        rate: 0.1,
        eta: 15,
        activation: 0.1,
        addConnection: 0.5,
        deleteConnection: 0.3,
        addNode: 0.5,
        deleteNode: 0.2,
        halveEvery: 1000,
        crossover: 0,
        crossoverEta: 10,
      },
    });
  });

  it('differs by default from the paper in when it inserts and in skipping the neutral, and in nothing else', () => {
    const { evolution, ...spec } = fill(IMAGENET);
    const { evolution: papers, ...paperSpec } = fill(IMAGENET, { preset: 'paper' });
    expect(evolution).toEqual({ ...papers, insertion: 'steady-state', skipNeutral: true });
    expect(spec).toEqual({ ...paperSpec, preset: 'default' });
  });

  it('shows the network as many images as suit the device, and no more than 16 where gradients lead', () => {
    const gpu = { ...IMAGENET, batch: 64 };
    const batches = [{}, { preset: 'gradient' }, { preset: 'gradient', batch: 48 }] as const;
    expect(batches.map((input) => fill(gpu, input).batch)).toEqual([64, 16, 48]);
    expect(fill(IMAGENET, { preset: 'gradient' }).batch).toBe(8);
  });

  it('goes on reading what an earlier Atoll called `immediate`, which is `steady-state`', () => {
    const input = checkSpecInput({ evolution: { insertion: 'immediate' } });
    expect(input.evolution?.insertion).toBe('steady-state');
    const spec = fill(IMAGENET);
    const old = { ...spec, evolution: { ...spec.evolution, insertion: 'immediate' } };
    expect(checkSpec(old)).toEqual(spec);
    expect(() => checkSpecInput({ evolution: { insertion: 'at-once' } })).toThrow(/steady-state/);
  });

  it('lets a person’s word stand, each by itself', () => {
    const spec = fill(IMAGENET, {
      preset: 'paper',
      evolution: { initial: 7, mutation: { eta: 3 } },
      migration: { topology: 'none' },
    });
    const untouched = fill(IMAGENET, { preset: 'paper' });
    expect(spec.evolution).toEqual({
      ...untouched.evolution,
      initial: 7,
      mutation: { ...untouched.evolution.mutation, eta: 3 },
    });
    expect(spec.migration).toEqual({ ...untouched.migration, topology: 'none' });
  });

  it('draws single views of direct genomes at the network’s own size, so that no gene is wasted', () => {
    expect(fill(IMAGENET, { encoding: 'direct' }).canvas).toBe(224);
    expect(fill({ ...IMAGENET, side: 299 }, { encoding: 'direct' }).canvas).toBe(299);
    expect(fill({ ...IMAGENET, side: 299 }).canvas).toBe(256);
  });

  it('has layers of a dense genome as a person says, at the network’s own size, and changes few weights', () => {
    const spec = fill(IMAGENET, { encoding: 'dense', evolution: { layers: { width: 16 } } });
    expect(spec.evolution.layers).toEqual({ count: 3, width: 16 });
    expect(shapeOf(spec)).toEqual({
      encoding: 'dense',
      canvas: 224,
      channels: 3,
      layers: { count: 3, width: 16 },
    });
    expect(spec.evolution.mutation).toMatchObject({ rate: 0.02, eta: 15 });
    const mutation = { rate: 0.3 };
    expect(fill(IMAGENET, { encoding: 'dense', evolution: { mutation } }).evolution.mutation.rate).toBe(0.3);
    expect(fill(IMAGENET, { encoding: 'dense', views: 'ten-crop' }).canvas).toBe(256);
  });

  it('gives islands together one population of the paper’s', () => {
    const { evolution } = fill(IMAGENET, { islands: 3 });
    expect(evolution).toMatchObject({ initial: 134, generation: 134 });
  });

  it('always ends: with the paper’s budget where none is given, and only there', () => {
    expect(fill(MNIST).budget).toEqual({ evaluations: 100_000, cost: 0, minutes: 0, targetMedian: 0 });
    expect(fill(IMAGENET).budget).toEqual({
      evaluations: 2_000_800,
      cost: 0,
      minutes: 0,
      targetMedian: 0,
    });
    expect(fill(IMAGENET, { budget: { minutes: 2 } }).budget.evaluations).toBe(0);
    expect(fill(IMAGENET, { budget: { cost: 45_000 } }).budget.evaluations).toBe(0);
    expect(fill(IMAGENET, { budget: { targetMedian: 0.5 } }).budget.evaluations).toBe(0);
    expect(fill(IMAGENET, { budget: { evaluations: 0 } }).budget.evaluations).toBe(2_000_800);
  });

  it('lets everyone have everything that is new, unless a person says otherwise', () => {
    const all = {
      topology: 'full',
      type: 'broadcast',
      rate: '100%',
      selection: 'newest',
      replacement: 'if-better',
    };
    expect(fill(IMAGENET).migration).toEqual({ ...all, interval: 10 });
    expect(fill(IMAGENET, { encoding: 'direct' }).migration).toEqual({ ...all, interval: 50 });
  });

  it('takes encoding and emitter from the preset gradient, unless a person names others', () => {
    const { encoding, evolution } = fill(IMAGENET, { preset: 'gradient' });
    expect([encoding, evolution.emitters]).toEqual(['dense', ['gradient']]);
    const other = fill(IMAGENET, { preset: 'gradient', evolution: { emitters: ['iso-line'] } });
    expect(other.evolution.emitters).toEqual(['iso-line']);
  });

  it('that an earlier Atoll wrote says what was then, also of what it had no word for', () => {
    const spec = fill(IMAGENET);
    const { topology, interval } = spec.migration;
    const { emitters: _, gradient: __, gradientCost: ___, layers: ____, ...kept } = spec.evolution;
    const { constraints: _____, ...evolution } = kept;
    const { cost: ______, ...budget } = spec.budget;
    const older = { ...spec, evolution, budget, migration: { topology, interval } };
    expect(checkSpec(older)).toEqual(spec);
    expect(checkSpec({ ...older, evolution: { ...evolution, emitter: 'mutation' } })).toEqual(spec);
    expect(checkSpecInput({ migration: { topology } })).toEqual({ migration: { topology } });
  });

  it('has no prior of pictures, where an earlier Atoll wrote it', () => {
    const { evolution, ...spec } = fill(IMAGENET);
    const gradient = { steps: 5, rate: 0.1 };
    const read = checkSpec({ ...spec, evolution: { ...evolution, gradient } });
    expect(read.evolution.gradient).toEqual({ ...gradient, smooth: 0, decay: 0 });
  });

  it('has its model alone, where an earlier Atoll wrote it', () => {
    const { objective, ...older } = fill(IMAGENET);
    expect(objective).toEqual({ also: [], digests: [], reduce: 'minimum' });
    expect(checkSpec(older)).toEqual({ ...older, objective });
  });

  it('is whole: it passes its own check, and a spec that was filled in stays as it is', () => {
    const spec = fill(IMAGENET);
    expect(checkSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    const { modelDigest: _, classes: __, canvas: ___, channels: ____, ...rest } = spec;
    const { digests: _____, ...objective } = rest.objective;
    expect(fill(IMAGENET, checkSpecInput({ ...rest, objective }))).toEqual(spec);
  });
});

describe('a run spec is refused, by the name of the key,', () => {
  const spec = fill(MNIST);
  it.each<[string, object, RegExp]>([
    ['with an unknown key', { ...spec, colour: 1 }, /colour is not a key of the run spec/],
    ['without one', { ...spec, seed: undefined }, /seed must be a number, but it is missing/],
    [
      'with a name that is a path',
      { ...spec, name: '../run' },
      /name must be 1–64 letters.*it is "\.\.\/run"/,
    ],
    ['with a name that is hidden', { ...spec, name: '.run' }, /name must be/],
    ['with no class', { ...spec, classes: 0 }, /classes must be at least 1, but it is 0/],
    ['with too many islands', { ...spec, islands: 1025 }, /islands must be at most 1024, but it is 1025/],
    ['with two channels', { ...spec, channels: 2 }, /channels must be 1 or 3, but it is 2/],
    [
      'with a chance above 1',
      { ...spec, budget: { ...spec.budget, targetMedian: 2 } },
      /targetMedian must be at most 1/,
    ],
    [
      'with layers whose width has no quarters',
      { ...spec, evolution: { ...spec.evolution, layers: { count: 3, width: 26 } } },
      /evolution\.layers\.width must be a multiple of 4, but it is 26/,
    ],
    [
      'with too many layers',
      { ...spec, evolution: { ...spec.evolution, layers: { count: 9, width: 24 } } },
      /evolution\.layers\.count must be at most 8, but it is 9/,
    ],
    [
      'with an emitter twice',
      { ...spec, evolution: { ...spec.evolution, emitters: ['mutation', 'mutation'] } },
      /emitters must be a list that names each emitter once/,
    ],
    [
      'with an emitter that there is not',
      { ...spec, evolution: { ...spec.evolution, emitters: ['annealing'] } },
      /evolution\.emitters\.0 must be .*gradient/,
    ],
    [
      'with a budget that is no number',
      { ...spec, budget: { ...spec.budget, minutes: Number.NaN } },
      /budget\.minutes/,
    ],
    ...(
      [
        [{ topology: 'mesh' }, /migration\.topology must be full, ring, torus, .* or none, but it is "mesh"/],
        [{ topology: 'random:0' }, /random:K \(K from 1 to 64\).*it is "random:0"/],
        [{ topology: 'random:65' }, /migration\.topology/],
        [{ topology: 'random:03' }, /migration\.topology/],
        [{ topology: 'full:1' }, /migration\.topology/],
        [{ topology: 3 }, /migration\.topology.*it is 3/],
        [{ type: 'unicast' }, /migration\.type must be p2p or broadcast/],
        [
          { rate: 0 },
          /migration\.rate must be a whole number from 1, or a percentage up to 100%, but it is 0/,
        ],
        [{ rate: 1.5 }, /migration\.rate/],
        [{ rate: '101%' }, /migration\.rate/],
        [{ rate: '0%' }, /migration\.rate/],
        [{ rate: '-5%' }, /migration\.rate/],
        [{ rate: 'all' }, /migration\.rate/],
        [{ selection: 'worst' }, /migration\.selection must be best, random or newest/],
        [{ replacement: 'always' }, /migration\.replacement must be if-better or always-into-worse/],
        [{ toplogy: 'ring' }, /migration\.toplogy is not a key/],
      ] as const
    ).map(([migration, says]): [string, object, RegExp] => [
      `with migration ${JSON.stringify(migration)}`,
      { ...spec, migration: { ...spec.migration, ...migration } },
      says,
    ]),
    ['with an invalid digest', { ...spec, modelDigest: 'abc' }, /modelDigest/],
  ])('%s', (_, value, says) => {
    expect(() => checkSpec(value)).toThrow(says);
    expect(() => checkSpec(value)).toThrow(expect.objectContaining({ code: 'ERR_SPEC', exitCode: 2 }));
  });

  it('when it is none at all', () => {
    expect(() => checkSpec(null)).toThrow(/the run spec must be keys with values, but it is missing/);
    expect(() => checkSpecInput([1])).toThrow(/the run spec must be keys with values, but it is \[1\]/);
  });
});

describe('emitters that cannot serve a run are refused, in one sentence', () => {
  it.each<[string, RunSpecInput, RegExp]>([
    [
      'cppn has no parameters in common',
      { evolution: { emitters: ['mutation', 'iso-line'] } },
      /iso-line needs genomes of one shape, but each genome of the encoding cppn has its own number of weights/,
    ],
    ['for cma either', { evolution: { emitters: ['cma'] } }, /cma needs genomes of one shape/],
    [
      'pixels are too many parameters',
      { encoding: 'direct', evolution: { emitters: ['cma'] } },
      /cma takes genomes of up to 3500 parameters, but those of this run have 150528/,
    ],
    [
      'constraints',
      { encoding: 'direct', evolution: { emitters: ['gradient'], constraints: { views: ['blur:1'] } } },
      /gradient of the image alone/,
    ],
    [
      'a search among too many parameters',
      { encoding: 'dense', evolution: { emitters: ['cma'], layers: { count: 8, width: 64 } } },
      /cma takes genomes of up to 3500 parameters/,
    ],
    [
      'visits in generations',
      { encoding: 'dense', preset: 'paper', evolution: { emitters: ['gradient'] } },
      /insertion generation tells too late/,
    ],
    [
      'a bandit in generations',
      { encoding: 'dense', preset: 'paper', evolution: { emitters: ['mutation', 'iso-line'] } },
      /insertion generation tells too late/,
    ],
  ])('%s', (_, input, says) => {
    expect(() => fill(IMAGENET, input)).toThrow(says);
    expect(() => fill(IMAGENET, input)).toThrow(
      expect.objectContaining({ code: 'ERR_EMITTER', exitCode: 2 }),
    );
  });

  it('and those that can are not', () => {
    const emitters = ['mutation', 'iso-line', 'gradient', 'cma'] as const;
    expect(
      fill(IMAGENET, { encoding: 'dense', evolution: { emitters: [...emitters] } }).evolution.emitters,
    ).toEqual(emitters);
    const growing = ['mutation', 'gradient'] as const;
    expect(fill(IMAGENET, { evolution: { emitters: [...growing] } }).evolution.emitters).toEqual(growing);
  });
});
