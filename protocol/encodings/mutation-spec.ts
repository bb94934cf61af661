import { z } from 'zod';

const probability = z.number().min(0).max(1);

/** How children differ from their parents: one list for all encodings, each of which reads what concerns it. */
export const mutationSchema = z.strictObject({
  /** Share of weights (or genes) changed by polynomial mutation. */
  rate: probability,
  /** Distribution index of polynomial mutation: the greater, the smaller the steps. */
  eta: z.number().min(0).max(1000),
  /** cppn: chance that a node's activation is redrawn. */
  activation: probability,
  /** cppn: chances of one structural change each a child. */
  addConnection: probability,
  deleteConnection: probability,
  addNode: probability,
  deleteNode: probability,
  /** direct: the rate halves every so many generations; 0: never. */
  halveEvery: z.int().min(0),
  /** Chance that a child is first crossed with a second parent. direct: by SBX; dense: by a step along the line to it. */
  crossover: probability,
  /** direct: distribution index of SBX. */
  crossoverEta: z.number().min(0).max(1000),
});

export type MutationSpec = z.infer<typeof mutationSchema>;

/** The paper's operators (PAPER: polynomial mutation, eta 15; structural chances of the released code). */
export const PAPER_MUTATION: MutationSpec = {
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
};
