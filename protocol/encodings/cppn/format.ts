import protobuf from 'protobufjs/minimal.js';
import { atoll } from '../../wire/generated/atoll.js';
import type { Format } from '../encoding.js';
import { InvalidGenomeError } from '../faults.js';
import { oneOrThree, parse } from '../member.js';
import { readCanonicalCppn } from './canonical.js';
import { express } from './express.js';
import { cppnFault } from './fault.js';
import { CPPN_LIMITS, type CppnGenome, INPUTS } from './genome.js';

/** Room for all tags, lengths and scalar fields of a genome. */
const HEADER = 64;

/** Node numbers below 1024 take two bytes, weights four. */
const MAX_BYTES = HEADER + CPPN_LIMITS.nodes + (2 + 2 + 4) * CPPN_LIMITS.connections;

/** Node numbers are held in 16 bits. */
const UINT16_MAX = 65_535;

/** How CPPNs are written, checked, described and kept. */
export const CPPN_FORMAT: Format<CppnGenome> = {
  field: 1,
  maxBytes: MAX_BYTES,
  keeping: { superseded: 'genome', archived: 'memory', bytes: true },
  encode(genome) {
    const { canvas, outputs, activations } = genome;
    const sources = Array.from(genome.sources);
    const targets = Array.from(genome.targets);
    const weights = Array.from(genome.weights);
    const cppn = { canvas, outputs, activations, sources, targets, weights };
    // Copied out of protobuf's pool, of which a genome that is kept would hold 8 KiB.
    return atoll.Genome.encode({ cppn }, new protobuf.Writer()).finish().slice();
  },
  decode(member) {
    const cppn = parse(member, (reader) => atoll.Cppn.decode(reader));
    const sources = cppn.sources ?? [];
    const targets = cppn.targets ?? [];
    if (sources.some(isBeyond16Bits) || targets.some(isBeyond16Bits)) {
      throw new InvalidGenomeError('endpoint');
    }
    return {
      encoding: 'cppn',
      canvas: cppn.canvas ?? 0,
      outputs: oneOrThree(cppn.outputs),
      activations: Uint8Array.from(cppn.activations ?? []),
      sources: Uint16Array.from(sources),
      targets: Uint16Array.from(targets),
      weights: Float32Array.from(cppn.weights ?? []),
    };
  },
  decodeCanonical: readCanonicalCppn,
  fault: cppnFault,
  misfit({ canvas, outputs }, run) {
    if (canvas !== run.canvas) return `its canvas is ${canvas}, but the run's is ${run.canvas}`;
    if (outputs !== run.channels) return `it has ${outputs} channels, but the run has ${run.channels}`;
    return undefined;
  },
  channels: ({ outputs }) => outputs,
  describe: ({ activations, sources }) => ({
    nodes: INPUTS.length + activations.length,
    connections: sources.length,
  }),
  expressed(genome) {
    const { activations, weights } = express(genome);
    return { nodes: activations.length, connections: weights.length };
  },
  commonSize: () => undefined,
  largestSize: () => MAX_BYTES,
  defaults: ({ side, small }) => ({
    canvas: small ? side : 256,
    // PAPER: 200 on MNIST, 400 on ImageNet.
    generation: small ? 200 : 400,
    interval: 10,
  }),
};

function isBeyond16Bits(node: number): boolean {
  return node > UINT16_MAX;
}
