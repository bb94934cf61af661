import type { Command } from 'commander';
import { addModelFlags, type ModelFlags, modelFromFlags } from '../cli/model-flags.js';
import { count } from '../cli/numbers.js';
import { print, printJson, say, table } from '../cli/output.js';

interface ClassifyFlags extends ModelFlags {
  readonly top: number;
  readonly json?: boolean;
}

export function registerClassify(program: Command): void {
  const command = program
    .command('classify')
    .description('show what a network sees in a picture')
    .argument('<image>', 'a PNG, JPEG or WebP file');
  addModelFlags(command);
  command
    .option('--top <n>', 'how many classes', count, 5)
    .option('--json', 'print the result as one line of JSON')
    .action(async (image: string, flags: ClassifyFlags) => classify(image, flags));
}

async function classify(image: string, flags: ClassifyFlags): Promise<void> {
  const [{ openModel }, { readPhoto }, { topGuesses }] = await Promise.all([
    import('../../worker/classifier/open-model.js'),
    import('../../worker/classifier/photo.js'),
    import('../../worker/classifier/top.js'),
  ]);
  const { model, classifier } = await openModel(flags.model, modelFromFlags(flags), flags);
  try {
    model.notes.forEach(say);
    // In the classifier's layout, which need not be that of the model's file.
    const photo = await readPhoto(image, classifier.input);
    const top = topGuesses(await classifier.classify(photo, 1), model.labels, flags.top);
    if (flags.json) printJson({ image, model: model.name, top });
    else print(table(top.map(({ confidence, label }) => [confidence.toFixed(4), label])));
  } finally {
    await classifier.close();
  }
}
