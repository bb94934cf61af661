import { createRunDirectory, type RunDirectory } from '../../../coordinator/run/run-directory.js';
import { openSqliteStore } from '../../../coordinator/store/sqlite-store.js';
import { createArchive } from '../../../protocol/archive/archive.js';
import { createCandidate } from '../../../protocol/archive/candidate.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { channelCount, VIEW_COUNT } from '../../../protocol/drawing/tensor-spec.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import { mutateGenome, randomGenome } from '../../../protocol/encodings/variation.js';
import { fillSpec } from '../../../protocol/spec/fill-spec.js';
import { shapeOf } from '../../../protocol/spec/run-shape.js';
import type { RunSpecInput } from '../../../protocol/spec/run-spec.js';
import { openClassifier } from '../../../worker/classifier/open.js';
import { meanOfViews } from '../../../worker/classifier/views.js';
import { copyModel } from '../../../worker/model/copy.js';
import type { LoadedModel } from '../../../worker/model/model.js';
import { jumpInto, NOTHING } from '../../coordinator/jumps.js';

/** Images that the network is shown, of which the archive keeps the best of each class. */
const IMAGES = 12;

/**
 * A run directory as `atoll up` leaves it behind, made without evolution: grown genomes, drawn and scored as an island
 * does it. `labels` go into the archive in place of the model's.
 */
export async function makeScoredRun(
  root: string,
  loaded: LoadedModel,
  input: RunSpecInput & { readonly name: string },
  labels: readonly string[] = loaded.model.labels,
): Promise<RunDirectory> {
  const { model } = loaded;
  const classifier = await openClassifier(loaded, { engine: 'onnx', device: 'cpu' });
  try {
    const { classes, digest, batch, input: tensor } = classifier;
    const spec = fillSpec(
      { ...input, seed: 1, model: model.path },
      {
        digest,
        classes,
        batch,
        side: Math.max(tensor.width, tensor.height),
        channels: channelCount(tensor.channels),
      },
    );
    const run = await createRunDirectory(root, {
      spec,
      versions: { atoll: 'test', node: process.version, engine: 'onnx on cpu' },
      created: new Date(),
      labels,
      installModel: (directory) => copyModel(model, directory),
    });

    const random = randomFrom(7, 'scored run');
    const drawer = loadDrawer();
    const archive = createArchive(classes);
    const views = VIEW_COUNT[spec.views];
    const store = openSqliteStore(run.archiveFile);
    for (let i = 0; i < IMAGES; i++) {
      let genome: Genome = randomGenome(shapeOf(spec), random);
      if (spec.encoding === 'cppn') {
        for (let step = 0; step < 25; step++) {
          genome = mutateGenome(genome, spec.evolution.mutation, 0, random);
        }
      }
      const candidate = createCandidate(genome, { island: 0, evaluation: i + 1 });
      const scores = await classifier.classify(drawer.tensor([genome], tensor, spec.views), views);
      const jumps = [...meanOfViews(scores, views, classes)].flatMap(
        (confidence, classId) => jumpInto(archive, { classId, confidence, candidate }) ?? [],
      );
      store.commit({ ...NOTHING, jumps });
    }
    store.close();
    return run;
  } finally {
    await classifier.close();
  }
}
