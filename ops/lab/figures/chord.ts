import { type Chord, type ChordGroup, type ChordSubgroup, chordDirected } from 'd3-chord';
import { arc } from 'd3-shape';
import { fitText, textWidth } from '../../../coordinator/export/lettering.js';
import { seriesInk } from '../look/inks.js';
import { LETTERS, point } from './axis.js';
import type { Figure, Shape } from './shape.js';

export interface ChordOptions {
  readonly title: string;
  /** Below the title, line by line. */
  readonly notes: readonly string[];
  /** Of the groups around the circle, clockwise from the top. */
  readonly names: readonly string[];
  /** How much goes from a group to another: 0 or more, and something to or from each. */
  readonly flow: (from: number, to: number) => number;
}

const RADIUS = 230;
const RING = 14;
/** From the ring to the names. */
const LEADER = 8;
const LONGEST = 150;
const NOTE = 17;
/** Between groups, in radians. */
const PAD = 0.03;
const HEAD = 12;

/** Groups around a circle, and an arrow from each to each to which something goes, as wide as that is much. */
export function chordDiagram({ title, notes, names, flow }: ChordOptions): Figure {
  const layout = chordDirected()
    .padAngle(names.length > 1 ? PAD : 0)
    // The widest are drawn first, so that they hide none.
    .sortChords((a, b) => b - a);
  const chords = layout(names.map((_, from) => names.map((__, to) => flow(from, to))));
  const fitted = names.map((name) => fitText(name, LETTERS, LONGEST));
  const side = LEADER + 6 + Math.ceil(Math.max(0, ...fitted.map((name) => textWidth(name, LETTERS) * 1.08)));
  const centre = { x: RADIUS + side + 12, y: 34 + notes.length * NOTE + RADIUS + side };
  const width = Math.max(
    2 * centre.x,
    textWidth(title, 14) * 1.08 + 24,
    ...notes.map((note) => textWidth(note, LETTERS) * 1.08 + 24),
  );
  return {
    width,
    height: centre.y + RADIUS + side + 12,
    says: [title, ...notes].join('. '),
    shapes: [
      { kind: 'text', text: title, x: 12, y: 22, size: 14, ink: 'text' },
      ...notes.map(
        (text, i): Shape => ({ kind: 'text', text, x: 12, y: 42 + i * NOTE, size: LETTERS, ink: 'quiet' }),
      ),
      {
        kind: 'group',
        x: width / 2,
        y: centre.y,
        shapes: [
          ...chords.map((each) => arrow(each, names)),
          ...chords.groups.map((group) => ring(group, names)),
          ...labels(chords.groups, fitted),
        ],
      },
    ],
  };
}

function arrow({ source, target }: Chord, names: readonly string[]): Shape {
  return {
    kind: 'path',
    d: arrowPath(source, target),
    fill: seriesInk(source.index),
    stroke: 'ground',
    width: 0.5,
    opacity: 0.7,
    title: `${names[source.index]} to ${names[target.index]}: ${source.value.toLocaleString('en-US')}`,
  };
}

/** From an arc along the ring, through the middle, to a head that ends in the middle of another arc. */
function arrowPath(source: ChordSubgroup, target: ChordSubgroup): string {
  const radius = RADIUS - RING - 2;
  const start = point(at(source.startAngle, radius));
  const wide = source.endAngle - source.startAngle > Math.PI ? 1 : 0;
  const tip = at((target.startAngle + target.endAngle) / 2, radius);
  const [first, second] = [target.startAngle, target.endAngle].map((angle) =>
    point(at(angle, radius - HEAD)),
  );
  return `M${start}A${radius} ${radius} 0 ${wide} 1 ${point(at(source.endAngle, radius))}Q0 0 ${first}L${point(tip)}L${second}Q0 0 ${start}Z`;
}

function ring(group: ChordGroup, names: readonly string[]): Shape {
  const draw = arc<ChordGroup>()
    .innerRadius(RADIUS - RING)
    .outerRadius(RADIUS)
    .digits(2);
  return {
    kind: 'path',
    d: draw(group) ?? '',
    fill: seriesInk(group.index),
    title: `${names[group.index]}: ${group.value.toLocaleString('en-US')} to and from others`,
  };
}

/** Names at the circle, each with a line from the middle of its arc. Long ones are read along the radius; a 6 stays a 6. */
function labels(groups: readonly ChordGroup[], names: readonly string[]): Shape[] {
  const middles = groups.map(({ startAngle, endAngle }) => (startAngle + endAngle) / 2);
  const places = apart(middles, (1.25 * LETTERS) / (RADIUS + LEADER));
  const isShort = names.every((name) => textWidth(name, LETTERS) < 2 * LETTERS);
  return groups.flatMap(({ index }, i): Shape[] => {
    const angle = places[i] ?? 0;
    const isLeft = angle > Math.PI;
    // Clockwise from the direction of reading; on the left, names end at the circle.
    const turn = isShort ? 0 : angle - Math.PI / 2 + (isLeft ? Math.PI : 0);
    const [x, y] = at(angle, RADIUS + LEADER + (isShort ? LETTERS : 3));
    const drop = 0.35 * LETTERS;
    return [
      {
        kind: 'path',
        d: `M${point(at(middles[i] ?? 0, RADIUS + 1))}L${point(at(angle, RADIUS + LEADER))}`,
        stroke: 'line',
      },
      {
        kind: 'text',
        text: names[index] ?? '',
        x: x - drop * Math.sin(turn),
        y: y + drop * Math.cos(turn),
        size: LETTERS,
        ink: 'text',
        anchor: isShort ? 'middle' : isLeft ? 'end' : 'start',
        turn: (turn * 180) / Math.PI,
      },
    ];
  });
}

/** Where an angle, clockwise from the top, lies on a circle. */
function at(angle: number, radius: number): readonly [number, number] {
  return [radius * Math.sin(angle), -radius * Math.cos(angle)];
}

const ROUNDS = 100;

/** Ascending angles on a circle, moved as little as it takes that neighbours are `least` apart; as far as there is room. */
export function apart(angles: readonly number[], least: number): number[] {
  const moved = [...angles];
  const turn = 2 * Math.PI;
  const wanted = Math.min(least, turn / angles.length);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < moved.length && moved.length > 1; i++) {
      const next = (i + 1) % moved.length;
      const gap = (moved[next] ?? 0) - (moved[i] ?? 0) + (next === 0 ? turn : 0);
      if (gap >= wanted) continue;
      moved[i] = (moved[i] ?? 0) - (wanted - gap) / 2;
      moved[next] = (moved[next] ?? 0) + (wanted - gap) / 2;
    }
  }
  return moved.map((angle) => (angle + turn) % turn);
}
