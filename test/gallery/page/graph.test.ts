import { describe, expect, it } from 'vitest';
import { genomeJson } from '../../../coordinator/gallery/page/graph/genome-json.js';
import { layOutGraph } from '../../../coordinator/gallery/page/graph/graph-layout.js';
import { nodesOf } from '../../../coordinator/gallery/page/graph/graph-nodes.js';
import { nodeGenome } from '../../../coordinator/gallery/page/graph/node-genome.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { express } from '../../../protocol/encodings/cppn/express.js';
import { INPUTS } from '../../../protocol/encodings/cppn/genome.js';
import { validateGenome } from '../../../protocol/encodings/validate.js';
import { anyCppn, streamOf } from '../../protocol/drawing/genomes.js';
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
      { kind: 'hidden', name: 'node 1', activation: 'sine', formula: '1.50 x + 0.25 bias' },
      { kind: 'output', name: 'grey', activation: 'linear', formula: '− 2.00 node 1' },
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
