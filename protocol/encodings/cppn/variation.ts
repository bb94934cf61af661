import type { RandomStream } from '../../base/random.js';
import type { Variation } from '../encoding.js';
import type { MutationSpec } from '../mutation-spec.js';
import { mutateUnit } from '../operators/polynomial.js';
import { type CppnDraft, draftOf, genomeOf } from './draft.js';
import { express, sameExpression } from './express.js';
import { ACTIVATIONS, CPPN_LIMITS, type CppnGenome, INPUTS, WEIGHT_RANGE } from './genome.js';

/** Where CPPNs come from: no crossover; a child draws its parent's image where it expresses the same graph. */
export const CPPN_VARIATION: Variation<CppnGenome> = {
  crosses: false,
  random: ({ canvas, channels }, random) => randomCppn(canvas, channels, random),
  child: (parent, { mutation, random }) => mutateCppn(parent, mutation, random),
  likeness(parent) {
    const expressed = express(parent);
    return { drawnBy: (child) => sameExpression(expressed, express(child)) };
  },
  memory: () => undefined,
};

/** Every input joined to every output; weights and activations uniform (PAPER). */
export function randomCppn(canvas: number, outputs: 1 | 3, random: RandomStream): CppnGenome {
  const connections = INPUTS.length * outputs;
  return {
    encoding: 'cppn',
    canvas,
    outputs,
    activations: Uint8Array.from({ length: outputs }, () => randomActivation(random)),
    sources: Uint16Array.from({ length: connections }, (_, c) => c % INPUTS.length),
    targets: Uint16Array.from(
      { length: connections },
      (_, c) => INPUTS.length + Math.floor(c / INPUTS.length),
    ),
    weights: Float32Array.from({ length: connections }, () => randomWeight(random)),
  };
}

/**
 * A child of a valid CPPN, itself valid: each weight mutated with `rate`, each activation redrawn with its rate, then at
 * most one of each structural change, in this order: add a connection, delete one, split one, delete a hidden node.
 * A change for which there is no room or no place is left out. PAPER; order and choices as in the released operators
 * (sferes2's nn2: the source of a new connection is no output), but that no connection is ever doubled.
 */
export function mutateCppn(genome: CppnGenome, spec: MutationSpec, random: RandomStream): CppnGenome {
  const draft = draftOf(genome);
  mutateWeights(draft, spec, random);
  mutateActivations(draft, spec, random);
  if (random.chance(spec.addConnection)) addConnection(draft, random);
  if (random.chance(spec.deleteConnection)) deleteConnection(draft, random);
  if (random.chance(spec.addNode)) splitConnection(draft, random);
  if (random.chance(spec.deleteNode)) deleteNode(draft, random);
  return genomeOf(genome, draft);
}

function mutateWeights({ weights }: CppnDraft, { rate, eta }: MutationSpec, random: RandomStream): void {
  const span = 2 * WEIGHT_RANGE;
  for (let c = 0; c < weights.length; c++) {
    if (!random.chance(rate)) continue;
    const unit = ((weights[c] as number) + WEIGHT_RANGE) / span;
    weights[c] = mutateUnit(unit, eta, random) * span - WEIGHT_RANGE;
  }
}

function mutateActivations({ activations }: CppnDraft, spec: MutationSpec, random: RandomStream): void {
  for (let i = 0; i < activations.length; i++) {
    if (random.chance(spec.activation)) activations[i] = randomActivation(random);
  }
}

/** From a node drawn among those that can feed another, to one drawn among those. */
function addConnection(draft: CppnDraft, random: RandomStream): void {
  if (draft.weights.length >= CPPN_LIMITS.connections) return;
  const sources = [...INPUTS.keys(), ...draft.hidden()];
  // Drawn without replacement until one has somewhere to go.
  while (sources.length > 0) {
    const drawn = random.below(sources.length);
    const source = sources[drawn] as number;
    const targets = draft.openTargets(source);
    if (targets.length > 0) {
      draft.connect(source, targets[random.below(targets.length)] as number, randomWeight(random));
      return;
    }
    sources.splice(drawn, 1);
  }
}

function deleteConnection(draft: CppnDraft, random: RandomStream): void {
  if (draft.weights.length > 0) draft.disconnect(random.below(draft.weights.length));
}

/** Puts a new node into a connection; both halves keep its weight. */
function splitConnection(draft: CppnDraft, random: RandomStream): void {
  const { weights, sources, targets } = draft;
  if (weights.length === 0 || weights.length >= CPPN_LIMITS.connections) return;
  if (draft.nodes() >= CPPN_LIMITS.nodes) return;
  const split = random.below(weights.length);
  const [source, target, weight] = [sources[split], targets[split], weights[split]] as [
    number,
    number,
    number,
  ];
  const node = draft.addNode(randomActivation(random));
  draft.disconnect(split);
  draft.connect(source, node, weight);
  draft.connect(node, target, weight);
}

function deleteNode(draft: CppnDraft, random: RandomStream): void {
  const hidden = draft.hidden();
  if (hidden.length > 0) draft.removeNode(hidden[random.below(hidden.length)] as number);
}

function randomWeight(random: RandomStream): number {
  return (2 * random.uniform() - 1) * WEIGHT_RANGE;
}

function randomActivation(random: RandomStream): number {
  return random.below(ACTIVATIONS.length);
}
