import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { trace } from '../../../protocol/base/trace.js';
import { fitLabels, readLabelTable } from '../labels.js';

/** Names of files that may hold the labels of whatever model lies beside them, the surest first. */
const GENERIC = [
  'metadata.json',
  'labels.txt',
  'labels.json',
  'labels.csv',
  'labels.yaml',
  'classes.json',
  'classes.txt',
  'classes.csv',
  'class_indices.json',
  'class_names.txt',
  'class_names.json',
  'imagenet_classes.txt',
  'imagenet_class_index.json',
  'config.json',
  'data.yaml',
];
const ENDINGS = ['txt', 'json', 'csv', 'yaml'];

/** Labels that lie beside a model, and sentences about the files that were looked at. */
export interface LabelsBeside {
  /** undefined: no file beside the model fits. */
  readonly labels: readonly string[] | undefined;
  /** The name of the file that they come from. */
  readonly file: string | undefined;
  /** Complete sentences, for people: which file was taken, or why one was not. */
  readonly notes: readonly string[];
}

/**
 * Looks for labels in the directory of the model at `path`: first in files named for it (`NAME.labels.txt` and the
 * like), then in those that are usually called so. The first that fits the `scores` that the network gives an image is
 * taken (see `fitLabels`). Where these are not known, the first that holds labels, but beside other models only one
 * named for this one. Files that cannot be read or hold no labels are passed over.
 */
export async function findLabelsBeside(path: string, scores: number | undefined): Promise<LabelsBeside> {
  const directory = dirname(path);
  // No folder, no labels.
  const there = await readdir(directory).catch((): string[] => []);
  const own = ownNames(basename(path)).filter((name) => there.includes(name));
  const alone = there.filter((name) => name === 'model.json' || name.endsWith('.onnx')).length <= 1;
  const shared = scores === undefined && !alone ? [] : GENERIC.filter((name) => there.includes(name));
  const misfits: string[] = [];
  for (const file of [...own, ...shared]) {
    const labels = await labelsIn(join(directory, file));
    if (labels === undefined) continue;
    try {
      const fitting = fitLabels(labels, scores, file);
      return { labels: fitting, file, notes: [`The ${fitting.length} labels come from ${file}.`] };
    } catch {
      // Too few or too many, as the note says.
      const classes = scores === 1 ? 2 : scores;
      misfits.push(
        `${file} is not used: it has ${labels.length} labels, but the network has ${classes} classes.`,
      );
    }
  }
  return { labels: undefined, file: undefined, notes: misfits };
}

/** `net.labels.txt`, `net-labels.txt`, `net_labels.txt`, `net.onnx.labels.txt` and so on, for `net.onnx`. */
function ownNames(file: string): string[] {
  const stem = file.replace(/\.(?:onnx|json)$/, '');
  const stems = [`${file}.`, `${stem}.`, `${stem}-`, `${stem}_`].flatMap((start) =>
    ['labels', 'classes'].map((word) => `${start}${word}`),
  );
  return stems.flatMap((each) => ENDINGS.map((ending) => `${each}.${ending}`));
}

async function labelsIn(path: string): Promise<readonly string[] | undefined> {
  return readLabelTable(path).then(
    ({ labels }) => labels,
    (error: unknown) => trace(`reading labels from ${path}`, error),
  );
}
