import { BadInputError } from '../../protocol/base/errors.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../protocol/drawing/load.js';
import { encodingOf } from '../../protocol/encodings/lookup.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { OpenedModel } from '../../worker/classifier/open.js';
import { scorerFor } from '../../worker/scorer-for.js';

/**
 * Takes one gradient of a network where an emitter of the spec needs gradients. Rejects with a {@link BadInputError}
 * (`ERR_EMITTER`) where there is none: islands would find that out only in a run that has been made.
 */
export async function proveGradients(
  spec: RunSpec,
  { model, classifier }: Pick<OpenedModel, 'model' | 'classifier'>,
): Promise<void> {
  if (!spec.evolution.emitters.includes('gradient')) return;
  const genome = encodingOf(spec.encoding).variation.random(shapeOf(spec), randomFrom(spec.seed, 'gradient'));
  try {
    const scorer = scorerFor(spec, { drawer: loadDrawer(), classifier, clock: () => 0 });
    await scorer.gradient?.([genome], [0]);
  } catch (cause) {
    if (!(cause instanceof BadInputError)) throw cause;
    const { engine, encoding, views } = spec;
    throw new BadInputError({
      code: 'ERR_EMITTER',
      problem: `The emitter gradient cannot work on ${model.name} (engine ${engine}, encoding ${encoding}, views ${views}): ${cause.problem}`,
      fix: 'Leave gradient out of evolution.emitters, where --preset gradient puts it, or choose another model, engine, encoding or views',
      cause,
    });
  }
}
