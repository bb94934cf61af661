import { type Command, Option } from 'commander';
import { cutConfidence } from '../../protocol/archive/cut-confidence.js';
import { VIEW_COUNT, type Views } from '../../protocol/drawing/tensor-spec.js';
import { addModelFlags, type ModelFlags, modelFromFlags } from '../cli/model-flags.js';
import { count } from '../cli/numbers.js';
import { print, printJson, say, table } from '../cli/output.js';

interface ClassifyFlags extends ModelFlags {
  readonly top: number;
  readonly views: Views;
  readonly json?: boolean;
}

export function registerClassify(program: Command): void {
  const command = program
    .command('classify')
    .description('show what a network sees in a picture')
    .argument('<image>', 'a PNG, JPEG or WebP file');
  addModelFlags(command);
  command
    .addOption(
      new Option('--views <views>', 'what the network is shown: the picture, or ten crops of it')
        .choices(Object.keys(VIEW_COUNT))
        .default('single'),
    )
    .option('--top <n>', 'how many classes', count, 5)
    .option('--json', 'print the result as one line of JSON')
    .action(async (image: string, flags: ClassifyFlags) => classify(image, flags));
}

async function classify(image: string, flags: ClassifyFlags): Promise<void> {
  const [{ openModel }, { classifyPhotos, topGuesses }] = await Promise.all([
    import('../../worker/classifier/open.js'),
    import('../../worker/classifier/photos.js'),
  ]);
  const { model, classifier } = await openModel(flags.model, modelFromFlags(flags), flags);
  try {
    for (const sentence of model.notes) say(sentence);
    const confidences = await classifyPhotos([image], classifier, flags.views);
    const top = topGuesses(confidences, model.labels, flags.top);
    if (flags.json) printJson({ image, model: model.name, top });
    else print(table(top.map(({ confidence, label }) => [cutConfidence(confidence), label])));
  } finally {
    await classifier.close();
  }
}
