import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { refuseForeign } from '../../../coordinator/export/export-directory.js';
import { BadInputError } from '../../../protocol/base/errors.js';
import { loadDrawer } from '../../../protocol/drawing/load.js';
import { pictureSize } from '../../../protocol/drawing/views.js';
import { loadRunModel } from '../../../worker/classifier/open.js';
import { typedPath } from '../../cli/command-line.js';
import { IMAGES } from '../../cli/meter.js';
import { print, printJson } from '../../cli/output.js';
import { VERSION } from '../../cli/version.js';
import { naturalLine } from '../calibration/natural-line.js';
import { figurePng } from '../figures/png.js';
import { PAPER, toSvg } from '../figures/svg.js';
import { longWork } from '../long-work.js';
import { pageHtml } from '../pages/page.js';
import type { Result } from '../results/experiment.js';
import { confidence } from '../results/format.js';
import { type Made, makeAgain, readExperiments, readLab } from '../results/lab.js';
import { writeWhole } from '../results/write.js';
import { openRunSource, type RunSource } from '../run-source.js';
import { citationOf } from './citation.js';
import { curveFigure } from './curves.js';
import { emitterFigure } from './emitter-shares.js';
import { gatherStory, type RunStory } from './gather.js';
import { chordFigure } from './goal-chords.js';
import { switchFigure } from './goal-switches.js';
import { lineageFigure } from './lineage-figure.js';
import { type ReportFigures, reportBody } from './sections.js';
import { drawSheet } from './sheet.js';

export interface ReportFlags {
  readonly out?: string;
  /** Names of those who are to be cited. */
  readonly author: readonly string[];
  readonly json?: boolean;
}

/** Bytes of a contact sheet. */
const LARGE = 2_000_000;

const FIGURES = ['curves', 'emitters', 'goal-chords', 'goal-switches', 'lineage'] as const;
const FILES = [
  ...['index.html', 'CITATION.cff', 'contact-sheet.png'],
  ...FIGURES.flatMap((name) => [`${name}.svg`, `${name}.png`]),
];

/** What `atoll report` does: a report on a run; or, of experiments outside of one, their figures again. */
export async function reportCommand(path: string, flags: ReportFlags): Promise<void> {
  const made = await readExperiments(path);
  if (made.length === 0) await reportOnRun(path, flags);
  else await reportOnExperiments(path, made, flags);
}

async function reportOnExperiments(path: string, made: readonly Made[], flags: ReportFlags): Promise<void> {
  const flag = flags.out !== undefined ? '--out' : flags.author.length > 0 ? '--author' : undefined;
  if (flag !== undefined) {
    throw new BadInputError({
      code: 'ERR_USAGE',
      problem: `${flag} is for the report on a run, and ${path} holds experiments alone`,
      fix: `Type \`atoll report ${path}\`, which makes their figures again where they are`,
    });
  }
  await makeAgain(made);
  const [experiments, directories] = [
    made.map(({ result }) => result.experiment),
    made.map(({ directory }) => directory),
  ];
  if (flags.json) printJson({ experiments, directories });
  else print(`Made again: ${directories.map((directory) => typedPath(directory)).join(', ')}`);
}

/** The report and, unless it goes elsewhere, every figure of the run's experiments again. */
async function reportOnRun(path: string, flags: ReportFlags): Promise<void> {
  const source = await openRunSource(path);
  try {
    const target = resolve(flags.out ?? join(source.run.path, 'report'));
    await refuseForeign(target, FILES, 'report');
    const made = await readLab(source.run.path);
    const report = await longWork(IMAGES, async (step) => {
      const { model } = await loadRunModel(source.run.modelDirectory, source.run.spec.modelDigest);
      const { channels, width, height } = model.input;
      const sight = { ...pictureSize(source.run.spec.views, width, height), grey: channels === 'grey' };
      const drawer = loadDrawer();
      const story = await gatherStory(source, drawer, sight);
      const natural = await naturalLine(source.run.path, source.run.spec.modelDigest);
      const line = natural.natural === undefined ? {} : { line: natural.natural };
      const sheet = await drawSheet(source, story, { drawer, sight, step, ...line });
      return { story, sheet, ...natural };
    });
    // Who wants the report elsewhere may not be able to write here.
    if (flags.out === undefined) await makeAgain(made);
    const results = made.map(({ result }) => result);
    const directory = await writeReport(source, report, results, { ...flags, target });
    const experiments = made.map(({ result }) => result.experiment);
    const { summary, evaluations } = report.story;
    if (flags.json) printJson({ run: source.run.spec.name, evaluations, ...summary, experiments, directory });
    else print(`The report is in ${typedPath(join(directory, 'index.html'))}`);
  } finally {
    source.close();
  }
}

interface Report {
  readonly story: RunStory;
  readonly sheet: Buffer;
  readonly natural?: string;
}

async function writeReport(
  { run, reader }: RunSource,
  { story, sheet, natural }: Report,
  experiments: readonly Result[],
  { target, author }: Pick<ReportFlags, 'author'> & { readonly target: string },
): Promise<string> {
  const { spec } = run;
  const citation = citationOf(run, story.archiveDigest, author);
  const figures = figuresOf(story, reader.labels);
  const body = reportBody({
    ...{ run, story, figures, labels: reader.labels, experiments, natural, citation },
    sheet: await embedded(sheet),
    spec: await readFile(run.runFile, 'utf8'),
  });
  const lede = `${spec.classes} classes of ${spec.model}, ${story.evaluations.toLocaleString('en-US')} evaluations: median confidence ${confidence(story.summary.median)}, ${story.summary.above['0.99']} classes at .99 or more.`;
  return writeWhole(target, FILES, 'report', async (building) => {
    const put = (name: string, data: string | Uint8Array) => writeFile(join(building, name), data);
    await put('index.html', pageHtml({ title: `Run ${spec.name}`, lede, body, maker: `Atoll ${VERSION}` }));
    await put('CITATION.cff', citation);
    await put('contact-sheet.png', sheet);
    for (const name of FIGURES) {
      const figure = figures[name];
      if (figure === undefined) continue;
      await put(`${name}.svg`, toSvg(figure, PAPER));
      await put(`${name}.png`, await figurePng(figure));
    }
  });
}

/** A sheet of a thousand pictures is too much for a page as it is: there it is a JPEG; the PNG lies beside it. */
async function embedded(sheet: Buffer): Promise<string> {
  if (sheet.length <= LARGE) return `data:image/png;base64,${sheet.toString('base64')}`;
  const { default: sharp } = await import('sharp');
  const jpeg = await sharp(sheet, { limitInputPixels: false }).jpeg({ quality: 80 }).toBuffer();
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}

function figuresOf(story: RunStory, labels: readonly string[]): ReportFigures {
  const { lineage } = story;
  const chords = chordFigure(story.switches, labels);
  return {
    curves: curveFigure(story.curve, labels.length),
    ...(story.emitters.length > 0 && { emitters: emitterFigure(story.emitters) }),
    ...(chords && { 'goal-chords': chords }),
    ...(chords && { 'goal-switches': switchFigure(story.switches, labels) }),
    ...(lineage && {
      lineage: lineageFigure(lineage.stations, `How the elite of ${lineage.label} came about`),
    }),
  };
}
