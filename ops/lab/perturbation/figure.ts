import { fitText } from '../../../coordinator/export/lettering.js';
import { beside, stacked } from '../figures/compose.js';
import type { Figure, Shape } from '../figures/shape.js';
import { confidence, short, whole } from '../results/format.js';
import type { Change, Perturbation, Shown } from './experiment.js';
import { wayOf } from './sentence.js';

const PANEL = 250;
const TITLE = 30;
const LETTERS = 12;
const LINE = 17;
/** Of a confidence at the end of a line, with the room before it. */
const NUMBER = 50;

/** A row for each change: the picture, the difference, the result, and below each what the networks say of it. */
export function perturbationFigure(perturbation: Perturbation): Figure {
  const { original, changes, factor } = perturbation;
  const rows = changes.flatMap((change) => [
    heading(change),
    beside([
      panel(perturbation, original, 'original'),
      panel(perturbation, change.difference, `difference × ${factor}, about mid-grey`),
      panel(perturbation, change.result, change.reached ? 'result' : 'result: the class is not reached'),
    ]),
  ]);
  const { picture, target } = perturbation;
  const says = `${picture}, changes of it, and what networks take each for; wanted: ${target.label}`;
  return { ...stacked(rows), says };
}

function heading({ wanted, linf, l2, pixels, looks }: Change): Figure {
  const text = `${wayOf(wanted)}: L-infinity ${linf}/255, L2 ${short(l2 / 255)}, ${whole(pixels)} pixels changed; ${whole(looks)} looks`;
  const line: Shape = { kind: 'text', text, x: 4, y: 20, size: 13, ink: 'text' };
  return { width: 3 * PANEL, height: 26, says: text, shapes: [line] };
}

function panel(
  { width, height, networks, target }: Perturbation,
  { png, shown = png, opinions }: Shown,
  title: string,
): Figure {
  const scale = PANEL / Math.max(width, height);
  const size = { width: width * scale, height: height * scale };
  const top = TITLE + size.height;
  const letters = { kind: 'text', size: LETTERS } as const;
  let y = top;
  const shapes: Shape[] = [
    { ...letters, text: title, x: 4, y: 20, ink: 'quiet' },
    { kind: 'image', x: 4, y: TITLE, ...size, data: shown },
  ];
  for (const [i, { guesses }] of opinions.entries()) {
    y += LINE + 4;
    if (opinions.length > 1) {
      shapes.push({
        ...letters,
        text: fitText(networks[i]?.name ?? '', LETTERS, PANEL),
        x: 4,
        y,
        ink: 'quiet',
      });
      y += LINE;
    }
    for (const { label, confidence: sure } of guesses) {
      const ink = label === target.label ? 'bad' : 'text';
      shapes.push(
        { ...letters, text: fitText(label, LETTERS, (PANEL - NUMBER) / 1.08), x: 4, y, ink },
        { ...letters, text: confidence(sure), x: 4 + PANEL, y, ink, anchor: 'end' },
      );
      y += LINE;
    }
    y -= LINE;
  }
  return { width: PANEL + 8, height: y + 12, says: title, shapes };
}
