import { type AreaLayout, type Box, HEAD, layOut, type Path } from './layout.js';
import { type Area, areasOf } from './rooms.js';
import type { Source } from './sources.js';

/** Draws ops/pictures/rooms.svg: the rooms of the source, and which import which. The same source gives the same text. */

const WIDTH = 960;
const MARGIN = 20;
/** Between areas: room for the arrows from one to the other. */
const GAP = 38;
/** Of the width beside each other; the rest is the gap. */
const COORDINATOR_SHARE = 0.54;

const LOOKS: Readonly<
  Record<string, { readonly fill: string; readonly line: string; readonly says: string }>
> = {
  ops: { fill: '#eef2f7', line: '#5b7083', says: 'the command line, and what operators use' },
  coordinator: { fill: '#e9f4ee', line: '#3d8263', says: 'the archive: checked, stored, shown' },
  worker: { fill: '#fbf0e4', line: '#b06a1d', says: 'islands, emitters, networks' },
  protocol: { fill: '#efeaf8', line: '#6d55ab', says: 'genomes, drawing, messages, transport' },
};

interface Panel {
  readonly area: Area;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly layout: AreaLayout;
}

/** The picture as SVG. Throws an Error where rooms import each other in a circle of three or more. */
export function drawRooms(sources: readonly Source[]): string {
  const [ops, coordinator, worker, protocol] = areasOf(sources) as [Area, Area, Area, Area];
  const full = WIDTH - 2 * MARGIN;
  const left = Math.round(COORDINATOR_SHARE * (full - GAP));
  const top = panel(ops, MARGIN, MARGIN, full);
  const second = below(top);
  const middle = [
    panel(coordinator, MARGIN, second, left),
    panel(worker, MARGIN + left + GAP, second, full - left - GAP),
  ] as const;
  const third = Math.max(...middle.map(below));
  const bottom = panel(protocol, MARGIN, third, full);
  const between = middle.flatMap(({ x, width }) => [
    wideArrow(x + width / 2, second - GAP),
    wideArrow(x + width / 2, third - GAP),
  ]);
  const height = below(bottom) - GAP + MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="Helvetica, Arial, sans-serif" role="img">`,
    '<title>The rooms of the source, and which import which</title>',
    `<rect width="${WIDTH}" height="${height}" rx="10" fill="#ffffff"/>`,
    ...between,
    ...[top, { ...middle[0], tall: third }, { ...middle[1], tall: third }, bottom].map((each) =>
      drawPanel(each, 'tall' in each ? third - GAP - second : each.layout.height),
    ),
    '</svg>',
    '',
  ].join('\n');
}

function panel(area: Area, x: number, y: number, width: number): Panel {
  return { area, x, y, width, layout: layOut(area, width) };
}

/** Where the next area begins. */
const below = ({ y, layout }: Panel): number => y + layout.height + GAP;

function drawPanel({ area, x, y, width, layout }: Panel, height: number): string {
  const { fill, line, says } = LOOKS[area.name] ?? { fill: '#eeeeee', line: '#555555', says: '' };
  return [
    `<g transform="translate(${x} ${y})">`,
    `<rect width="${width}" height="${height}" rx="10" fill="${fill}"/>`,
    `<text x="16" y="${HEAD - 18}" font-size="16" fill="${line}"><tspan font-weight="bold">${area.name}/</tspan> <tspan font-size="13">${says}</tspan></text>`,
    `<g fill="none" stroke="${line}" stroke-opacity="0.55" stroke-width="1.3">`,
    ...layout.paths.map(curve),
    '</g>',
    ...layout.boxes.map((box) => drawBox(box, line)),
    '</g>',
  ].join('\n');
}

function drawBox({ name, x, y, width, height }: Box, line: string): string {
  return (
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" fill="#ffffff" stroke="${line}"/>` +
    `<text x="${x + width / 2}" y="${y + 17.5}" font-size="13" text-anchor="middle" fill="#222222">${name}</text>`
  );
}

/** Through its points, with a tip at the end, or at both. */
function curve({ points, both }: Path): string {
  const [[startX, startY] = [0, 0]] = points;
  const [endX, endY] = points.at(-1) ?? [0, 0];
  const bends = points.slice(1).map(([x, y], i) => {
    const [fromX, fromY] = points[i] ?? [0, 0];
    const middle = (fromY + y) / 2;
    return `C${fromX} ${middle} ${x} ${middle} ${x} ${y}`;
  });
  const tip = `M${endX - 4} ${endY - 6}L${endX} ${endY - 1}L${endX + 4} ${endY - 6}`;
  const back = both ? `M${startX - 4} ${startY + 6}L${startX} ${startY + 1}L${startX + 4} ${startY + 6}` : '';
  return `<path d="M${startX} ${startY}${bends.join('')}${tip}${back}"/>`;
}

/** From one area to the one below it. */
function wideArrow(x: number, y: number): string {
  const [half, tip, end] = [7, 16, y + GAP - 8];
  const points = [
    [x - half, y + 8],
    [x + half, y + 8],
    [x + half, end - 12],
    [x + tip, end - 12],
    [x, end],
    [x - tip, end - 12],
    [x - half, end - 12],
  ];
  return `<polygon points="${points.map((point) => point.join(',')).join(' ')}" fill="#c3cad2"/>`;
}
