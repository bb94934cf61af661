import { fitText } from '../../../coordinator/export/lettering.js';
import type { Figure, Shape } from '../figures/shape.js';

/** A member of a lineage as it is shown. */
export interface Station {
  readonly label: string;
  /** A `data:` address; absent: its genome is not kept. */
  readonly image?: string;
  /** Of its island, at birth. */
  readonly evaluation: number;
  /** Elites of today that descend from it. */
  readonly descendants: number;
}

const SIDE = 104;
const STEP = SIDE + 34;
const COLUMNS = 7;
const ROW = SIDE + 64;

/** Pictures of a lineage from its oldest member on, in rows, with an arrow from each to the next. */
export function lineageFigure(stations: readonly Station[], title: string): Figure {
  const rows = Math.ceil(stations.length / COLUMNS);
  const shapes: Shape[] = [{ kind: 'text', text: title, x: 12, y: 22, size: 14, ink: 'text' }];
  stations.forEach(({ label, image, evaluation, descendants }, i) => {
    const x = 12 + (i % COLUMNS) * STEP;
    const y = 40 + Math.floor(i / COLUMNS) * ROW;
    if (image === undefined)
      shapes.push({ kind: 'rectangle', x, y, width: SIDE, height: SIDE, fill: 'line' });
    else shapes.push({ kind: 'image', x, y, width: SIDE, height: SIDE, data: image, title: label });
    const letters = { kind: 'text', x, size: 11 } as const;
    shapes.push(
      { ...letters, text: fitText(label, 12, SIDE + 20), y: y + SIDE + 15, size: 12, ink: 'text' },
      {
        ...letters,
        text: `evaluation ${evaluation.toLocaleString('en-US')}`,
        y: y + SIDE + 29,
        ink: 'quiet',
      },
      { ...letters, text: `${descendants} of today's elites`, y: y + SIDE + 42, ink: 'quiet' },
    );
    shapes.push({ kind: 'path', d: `M${x} ${y}h${SIDE}v${SIDE}h-${SIDE}z`, stroke: 'line' });
    if (i < stations.length - 1 && i % COLUMNS < COLUMNS - 1)
      shapes.push(...arrow(x + SIDE + 6, y + SIDE / 2));
  });
  const width = 12 + Math.min(COLUMNS, Math.max(1, stations.length)) * STEP;
  return { width, height: 40 + rows * ROW, says: `${title}, as pictures`, shapes };
}

function arrow(x: number, y: number): Shape[] {
  const end = x + 18;
  return [
    {
      kind: 'path',
      d: `M${x} ${y}H${end}M${end - 5} ${y - 5}L${end} ${y}L${end - 5} ${y + 5}`,
      stroke: 'quiet',
      width: 1.5,
    },
  ];
}
