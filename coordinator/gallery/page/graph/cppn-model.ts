import { express } from '../../../../protocol/encodings/cppn/express.js';
import type { CppnGenome } from '../../../../protocol/encodings/cppn/genome.js';
import { count } from '../format.js';
import { layOutGraph } from './graph-layout.js';
import type { GraphModel } from './graph-model.js';
import { nodesOf } from './graph-nodes.js';
import { nodeGenome } from './node-genome.js';

/** What a CPPN expresses, as a graph. */
export function cppnModel(genome: CppnGenome): GraphModel {
  const expressed = express(genome);
  const unused = genome.activations.length - expressed.activations.length;
  return {
    nodes: nodesOf(expressed),
    layout: layOutGraph(expressed),
    nodeGenome: (node) => nodeGenome(expressed, node, genome.canvas),
    remark: unused > 0 ? `${count(unused)} that reach no output are left out` : '',
    legend: 'In each node: what it alone draws, white where it is 1 or −1.',
  };
}
