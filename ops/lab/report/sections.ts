import type { RunFile } from '../../../coordinator/run/run-file.js';
import { nameOfViews } from '../../../protocol/spec/named-views.js';
import type { Figure } from '../figures/shape.js';
import { Markup, markup } from '../look/markup.js';
import { facts, figureBlock, imageBlock, tableBlock } from '../pages/page.js';
import type { Result } from '../results/experiment.js';
import { confidence, percent, short, whole } from '../results/format.js';
import type { Table } from '../results/table.js';
import { emitterTable } from './emitter-shares.js';
import type { RunStory } from './gather.js';
import { giverTable, switchTable } from './goal-switches.js';

export interface ReportParts {
  readonly run: RunFile;
  readonly story: RunStory;
  readonly figures: ReportFigures;
  /** The contact sheet, as a `data:` address. */
  readonly sheet: string;
  /** What the network gives natural images, in a sentence. */
  readonly natural?: string | undefined;
  readonly labels: readonly string[];
  readonly experiments: readonly Result[];
  /** The text of `run.yaml`. */
  readonly spec: string;
  readonly citation: string;
}

export interface ReportFigures {
  readonly curves: Figure;
  readonly emitters?: Figure;
  readonly 'goal-chords'?: Figure;
  readonly 'goal-switches'?: Figure;
  readonly lineage?: Figure;
}

const PAIRS = 25;

/** The whole report, section by section. */
export function reportBody(parts: ReportParts): Markup {
  const { story, figures, sheet, natural, experiments } = parts;
  return markup`${runFacts(parts)}
<h2>The images</h2>${imageBlock(sheet, 'Contact sheet: the elite of each class')}<p>None of these pictures shows what is written under it.${natural === undefined ? '' : ` ${natural}`}</p>
<h2>How the run came to them</h2>${figureBlock(figures.curves, `An empty class counts 0. Evaluations are images that the network classified.${costLine(story)}`)}
${emitterSection(story, figures)}
<h2>Goal switches</h2><p>An image may take the cell of another class than its parent holds. ${whole(story.switches.total)} of ${whole(story.jumps)} jumps did.</p>${switchBlocks(parts)}
${lineageSection(story, figures)}${experiments.map(experimentSection)}
<h2>All elites</h2>${tableBlock(elites(story))}
${again(parts)}`;
}

function runFacts({ run, story }: ReportParts): Markup {
  const { summary, evaluations, cost, islands, jumps } = story;
  const { also, reduce } = run.spec.objective;
  const { views } = run.spec.evolution.constraints;
  return facts([
    ['Network', run.spec.model],
    ...(also.length === 0 ? [] : [['With it', `${also.join(', ')} (${reduce})`] as const]),
    ...(views.length === 0 ? [] : [['Constraints', nameOfViews(views)] as const]),
    ['Encoding', run.spec.encoding],
    ['Evaluations', whole(evaluations)],
    ...(cost === evaluations ? [] : [['Forward passes', whole(cost)] as const]),
    ['Median confidence', confidence(summary.median)],
    ['Mean confidence', confidence(summary.mean)],
    ['Classes at .99', `${summary.above['0.99']} of ${run.spec.classes}`],
    ['Coverage', percent(summary.coverage)],
    ['Jumps', whole(jumps)],
    ['Islands', `${islands}`],
    ['Seed', `${run.spec.seed}`],
  ]);
}

function costLine({ evaluations, cost }: RunStory): string {
  if (cost === evaluations) return '';
  return ` One took ${short(cost / evaluations)} forward passes, on average over the run: one for each network and each view that it was shown to, more for a gradient.`;
}

/** Nothing where there was no switch. */
function switchBlocks({ story, figures, labels }: ReportParts): Markup {
  const { 'goal-chords': chords, 'goal-switches': matrix } = figures;
  if (chords === undefined || matrix === undefined) return new Markup('');
  return markup`${figureBlock(chords)}${figureBlock(matrix)}
<details><summary>The ${PAIRS} most frequent</summary>${tableBlock(switchTable(story.switches, labels, PAIRS))}</details>
<details><summary>The ${PAIRS} classes that gave most</summary>${tableBlock(giverTable(story.switches, labels, PAIRS))}</details>`;
}

function emitterSection({ emitters }: RunStory, figures: ReportFigures): Markup {
  if (figures.emitters === undefined) return new Markup('');
  return markup`<h2>The emitters</h2><p>Several emitters made the offspring, and a bandit chose among them by what they had paid lately. The gain is that
in log-odds of the confidence, from chance up to .99, over all cells of the islands' own archives; the random images at the beginning belong to no emitter.</p>${figureBlock(figures.emitters)}${tableBlock(emitterTable(emitters))}`;
}

function lineageSection({ lineage }: RunStory, figures: ReportFigures): Markup {
  if (lineage === undefined || figures.lineage === undefined) return new Markup('');
  const { label, switches, generations } = lineage;
  return markup`<h2>The most travelled lineage</h2><p>The elite of ${label} comes from a random image by way of ${whole(generations - 1)} ancestors that were elites; its line changed
its class ${switches} times. Each picture is a member of it where the class changes; under it stands the class whose cell it
held, and how many of the elites of today descend from it.</p>${figureBlock(figures.lineage)}`;
}

function experimentSection({ title, lede, figure, notes }: Result): Markup {
  return markup`<h2>${title}</h2><p>${lede}</p>${figureBlock(figure)}${notes}`;
}

function elites({ rows }: RunStory): Table {
  return {
    columns: [
      { name: 'class_id', title: 'class', format: String },
      { name: 'label', title: 'label' },
      { name: 'confidence', title: 'confidence', format: confidence },
      { name: 'evaluation', title: 'at evaluation', format: whole },
      { name: 'parent_class', title: "parent's class", format: String },
      { name: 'nodes', title: 'nodes', format: String },
      { name: 'digest', title: 'genome (SHA-256)' },
    ],
    rows: rows.map((row) => [
      ...[row.classId, row.label, row.confidence, row.evaluation],
      ...[row.parentClass, row.nodes, row.digest.slice(0, 16)],
    ]),
  };
}

function again({ run, story, spec, citation }: ReportParts): Markup {
  const { spec: known, versions, created } = run;
  const entries: readonly (readonly [string, string])[] = [
    ['Begun', created.toISOString()],
    ['Atoll', versions.atoll],
    ['Node', versions.node],
    ['Engine', versions.engine],
  ];
  return markup`<h2>To make it again</h2>${facts(entries)}<p>Digest of the network (SHA-256): <code>${known.modelDigest}</code><br>Digest of the archive (SHA-256): <code>${story.archiveDigest}</code></p>
<p>The same spec, seed, version and engine on one island give the same archive, byte for byte.</p><h3>run.yaml</h3><pre>${spec}</pre><h3>CITATION.cff</h3><pre>${citation}</pre>`;
}
