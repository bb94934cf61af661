import { BadInputError } from '../../../../protocol/base/errors.js';
import { randomFrom } from '../../../../protocol/base/seeded-random.js';
import type { TfjsModel } from '../../../../worker/tfjs/files.js';
import { convertGraph } from '../../../../worker/tfjs/graph-model/convert.js';
import { type GraphWriter, graphWriter } from './graph-writer.js';
import { still } from './options.js';

/** What a test does to the small network. */
export interface Changes {
  readonly sizes?: readonly number[];
  /** Something before its first operator, or after its last. */
  readonly head?: (g: GraphWriter, x: string) => string;
  readonly tail?: (g: GraphWriter, y: string) => string;
}

/** A network of [6, 6, 3] → 4 classes. */
export function small({
  sizes = [-1, 6, 6, 3],
  head = (_, x) => x,
  tail = (_, y) => y,
}: Changes = {}): TfjsModel {
  const g = graphWriter(randomFrom(1));
  const x = head(g, g.input(sizes));
  const pooled = g.node('Mean', [
    g.node('Conv2D', [x, g.weights(3, 3, 3, 4)], still('SAME')),
    g.ints([1, 2]),
  ]);
  return g.model([tail(g, g.node('Softmax', [g.node('MatMul', [pooled, g.weights(4, 4)])]))]);
}

/** Why a model is not converted, after the code of the error; `converted` for one that is. */
export function refusalOf(model: TfjsModel): string {
  try {
    convertGraph(model);
  } catch (error) {
    if (error instanceof BadInputError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'converted';
}

/** The model with its topology changed by hand. */
export function edited(model: TfjsModel, edit: (node: Record<string, unknown>[]) => void): TfjsModel {
  const json = structuredClone(model.json);
  edit((json.modelTopology as { node: Record<string, unknown>[] }).node);
  return { ...model, json };
}
