import { describe, expect, it } from 'vitest';
import { denseModel } from '../../../coordinator/gallery/page/graph/dense-model.js';
import { genomeJson } from '../../../coordinator/gallery/page/graph/genome-json.js';
import { layOutGraph } from '../../../coordinator/gallery/page/graph/graph-layout.js';
import { nodesOf } from '../../../coordinator/gallery/page/graph/graph-nodes.js';
import { nodeGenome } from '../../../coordinator/gallery/page/graph/node-genome.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { express } from '../../../protocol/encodings/cppn/express.js';
import { INPUTS } from '../../../protocol/encodings/cppn/genome.js';
import { DENSE } from '../../../protocol/encodings/dense/dense.js';
import {
  INPUTS as DENSE_INPUTS,
  type DenseGenome,
  weightCount,
} from '../../../protocol/encodings/dense/genome.js';
import { validateGenome } from '../../../protocol/encodings/validate.js';
import { anyCppn, anyDense, streamOf } from '../../protocol/drawing/genomes.js';
import { cppnOf } from '../../protocol/encodings/cppn/samples.js';

const many = Array.from({ length: 60 }, (_, i) => {
  const random = streamOf('graph', i);
  return anyCppn(random, {
    canvas: 64,
    outputs: random.chance(0.5) ? 1 : 3,
    hidden: random.below(30),
    density: 3,
  });
});

describe('a graph', () => {
  it('has every node right of its sources, and no two in one place', () => {
    for (const genome of many) {
      const { nodes, edges, width, height } = layOutGraph(express(genome));
      for (const { source, target } of edges) expect(nodes[source]?.x).toBeLessThan(nodes[target]?.x ?? 0);
      expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(nodes.length);
      for (const { x, y } of nodes) expect(x > 0 && y > 0 && x < width && y < height).toBe(true);
    }
  });

  it('names its nodes and what they take', () => {
    const genome = cppnOf(
      1,
      [3, 0],
      [
        [5, 4, -2],
        [0, 5, 1.5],
        [3, 5, 0.25],
      ],
    );
    const nodes = nodesOf(express(genome));
    expect(nodes.map(({ name }) => name)).toEqual([...INPUTS, 'node 1', 'grey']);
    expect(nodes.slice(4)).toEqual([
      { kind: 'hidden', name: 'node 1', label: 'sine', activation: 'sine', formula: '1.50 x + 0.25 bias' },
      { kind: 'output', name: 'grey', label: 'grey', activation: 'linear', formula: '− 2.00 node 1' },
    ]);
  });

  it('draws of an output alone what the whole genome draws, where it is one of grey', () => {
    const drawer = loadDrawer();
    for (const genome of many.filter(({ outputs }) => outputs === 1)) {
      const expressed = express(genome);
      const alone = nodeGenome(expressed, expressed.outputs[0] ?? 0, genome.canvas);
      validateGenome(alone);
      const [whole, part] = [genome, alone].map((each) => drawer.pixels(each, 24, 24).data);
      // One more rounding, of three times a value by a third.
      const apart = Array.from(whole ?? [], (byte, i) => Math.abs(byte - (part?.[i] ?? -9)));
      expect(Math.max(...apart)).toBeLessThanOrEqual(1);
    }
  });

  it('draws x and y from black to white', () => {
    const expressed = express(cppnOf(1, [3], [[0, 4, 1]]));
    const { data } = loadDrawer().pixels(nodeGenome(expressed, 0, 256), 16, 1);
    expect([data[0], data[15]].map((byte) => Math.round((byte ?? 0) / 16))).toEqual([0, 15]);
    expect([...data]).toEqual([...data].sort((a, b) => a - b));
  });

  it('is told whole as JSON, with the nodes that reach no output', () => {
    const told = genomeJson(cppnOf(3, [0, 1, 2, 3], [[0, 4, 1.5]]), 'abc') as {
      nodes: unknown[];
      connections: unknown[];
    };
    expect(told.nodes).toHaveLength(8);
    expect(told.nodes[4]).toEqual({ id: 4, kind: 'output', name: 'hue', activation: 'sine' });
    expect(told.connections).toEqual([{ source: 0, target: 4, weight: 1.5 }]);
  });
});

describe('a dense genome as a graph', () => {
  const shapes = [
    { channels: 3, layers: 3, width: 24 },
    { channels: 1, layers: 1, width: 4 },
    { channels: 3, layers: 8, width: 64 },
  ] as const;

  it.each(shapes)('has every node once, right of its sources: $layers layers of $width', (shape) => {
    const { nodes, layout } = denseModel(anyDense(streamOf('dense graph'), shape));
    const { edges, width, height, labels } = layout;
    expect(nodes.length).toBe(4 + shape.layers * shape.width + shape.channels);
    expect(layout.nodes.length).toBe(nodes.length);
    expect(edges.length).toBe(weightCount(shape));
    const left = edges.filter(
      ({ source, target }) => !((layout.nodes[source]?.x ?? 0) < (layout.nodes[target]?.x ?? 0)),
    );
    expect(left).toEqual([]);
    expect(new Set(layout.nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(nodes.length);
    const beyond = [...layout.nodes, ...labels].filter(
      ({ x, y }) => !(x > 0 && y > 0 && x < width && y < height),
    );
    expect(beyond).toEqual([]);
    // Two into each node that is no input are always drawn.
    expect(edges.filter(({ always }) => always).length).toBe(2 * (nodes.length - 4));
  });

  it('names its nodes and the strongest of what they take', () => {
    const shape = { channels: 1, layers: 1, width: 4 } as const;
    const weights = Float32Array.from({ length: weightCount(shape) }, (_, i) => (i % 2 === 0 ? -i : i) / 4);
    const genome = DENSE.parameters?.write(weights, anyDense(streamOf('names'), shape));
    const { nodes } = denseModel(genome as DenseGenome);
    expect(nodes.map(({ name }) => name)).toEqual([
      ...DENSE_INPUTS,
      ...[1, 2, 3, 4].map((unit) => `unit ${unit} of layer 1`),
      'grey',
    ]);
    expect(nodes[5]).toMatchObject({
      kind: 'hidden',
      activation: 'gaussian',
      formula: '1.75 bias − 1.50 r + 1.25 y − 1.00 x',
    });
    expect(nodes[8]?.formula).toBe(
      '5.75 unit 4 − 5.50 unit 3 + 5.25 unit 2 − 5.00 unit 1 + 4.75 bias − 4.50 r and 2 weaker',
    );
  });

  it('draws of an output alone the very bytes of its colour', () => {
    const drawer = loadDrawer();
    const genome = anyDense(streamOf('dense output'), { channels: 3, layers: 2, width: 8 });
    const model = denseModel(genome);
    const whole = drawer.pixels(genome, 20, 20).data;
    for (let colour = 0; colour < 3; colour++) {
      const alone = model.nodeGenome(model.nodes.length - 3 + colour);
      validateGenome(alone);
      expect([...drawer.pixels(alone, 20, 20).data]).toEqual([...whole].filter((_, i) => i % 3 === colour));
    }
  });

  it('draws of every other node alone what it gives, from black to white', () => {
    const drawer = loadDrawer();
    const model = denseModel(anyDense(streamOf('dense nodes'), { channels: 3, layers: 3, width: 8 }));
    const drawn = model.nodes.map((_, node) => {
      const genome = model.nodeGenome(node);
      validateGenome(genome);
      return [...drawer.pixels(genome, 16, 16).data];
    });
    const [x, y, r, bias] = drawn.map((data) => data.slice(128, 144));
    expect(x).toEqual([...(x ?? [])].sort((a, b) => a - b));
    expect([x?.[0], x?.[15]]).toEqual([6, 249]);
    expect(new Set(y).size).toBe(1);
    expect(r?.[7]).toBeLessThan(r?.[0] ?? 0);
    expect(new Set(bias)).toEqual(new Set([250]));
    // A gaussian's values lie between 0 and 1: grey and white.
    expect(Math.min(...(drawn[4 + 2] ?? []))).toBeGreaterThanOrEqual(127);
  });

  it('is told whole as JSON, layer by layer', () => {
    const genome = anyDense(streamOf('dense told'), { channels: 3, layers: 2, width: 8 });
    const told = genomeJson(genome, 'abc') as {
      layers: { kind: string; units: { name?: string; activation: string; weights: number[] }[] }[];
    };
    expect(told.layers.map(({ kind, units }) => [kind, units.length])).toEqual([
      ['hidden', 8],
      ['hidden', 8],
      ['output', 3],
    ]);
    expect(told.layers[0]?.units[7]?.activation).toBe('cosine');
    expect(told.layers[2]?.units.map(({ name }) => name)).toEqual(['red', 'green', 'blue']);
    const all = told.layers.flatMap(({ units }) => units.flatMap(({ weights }) => weights));
    expect(all).toEqual([...(DENSE.parameters?.read(genome) ?? [])]);
  });
});
