// Writes coordinator/export/glyphs.ts: the outlines of DejaVu Sans Condensed that contact sheets are lettered with. Fonts
// of the machine are not asked for: there may be none, and a sheet is to be the same everywhere.
//
//   npm install --no-save opentype.js@1.3.4 dejavu-fonts-ttf@2.37.3
//   node ops/build/glyphs.mjs && npx biome format --write coordinator/export/glyphs.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const target = fileURLToPath(new URL('../../coordinator/export/glyphs.ts', import.meta.url));
/** Units of an em: of 2048, so few that an outline is short, so many that nobody sees it. */
const EM = 512;
const ASCII = Array.from({ length: 127 - 32 }, (_, i) => String.fromCharCode(32 + i));
const isDigit = (character) => /[0-9]/.test(character);
const CHARACTERS = [...ASCII.filter(isDigit), ...ASCII.filter((each) => !isDigit(each)), '…', '·', '×'];

const font = require('opentype.js').loadSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'));
const units = (value) => Math.round((value * EM) / font.unitsPerEm);

/** The contours of a glyph in units, y down, with the points that TrueType leaves out between two control points. */
function contoursOf(glyph) {
  // The font's points are read when its path is asked for.
  void glyph.path;
  const contours = [[]];
  for (const { x, y, onCurve, lastPointOfContour } of glyph.points ?? []) {
    contours.at(-1).push({ x: units(x), y: -units(y), onCurve });
    if (lastPointOfContour) contours.push([]);
  }
  return contours.filter((contour) => contour.length > 0).map(withMiddles);
}

function withMiddles(contour) {
  const points = contour.flatMap((point, i) => {
    const before = contour.at(i - 1);
    if (point.onCurve || before.onCurve) return [point];
    const middle = { x: Math.round((before.x + point.x) / 2), y: Math.round((before.y + point.y) / 2) };
    return [{ ...middle, onCurve: true }, point];
  });
  const start = points.findIndex(({ onCurve }) => onCurve);
  return [...points.slice(start), ...points.slice(0, start)];
}

/** Numbers as SVG takes them: a minus sign parts two as well as a space does. */
function joined(...numbers) {
  return numbers.map((number, i) => (i > 0 && number >= 0 ? ` ${number}` : `${number}`)).join('');
}

/** A glyph as a path whose every step is relative to the one before. */
function outlineOf(glyph) {
  let path = '';
  let origin = { x: 0, y: 0 };
  for (const [start, ...rest] of contoursOf(glyph)) {
    path += `m${joined(start.x - origin.x, start.y - origin.y)}${stepsFrom(start, rest)}z`;
    origin = start;
  }
  return path;
}

function stepsFrom(start, points) {
  let steps = '';
  let at = start;
  let control;
  // The line back to the start is drawn by closing the path, a curve back is not.
  for (const point of points.at(-1)?.onCurve === false ? [...points, start] : points) {
    if (!point.onCurve) {
      control = point;
      continue;
    }
    const [x, y] = [point.x - at.x, point.y - at.y];
    if (control) steps += `q${joined(control.x - at.x, control.y - at.y, x, y)}`;
    else if (y === 0) steps += x === 0 ? '' : `h${x}`;
    else steps += x === 0 ? `v${y}` : `l${joined(x, y)}`;
    control = undefined;
    at = point;
  }
  return steps;
}

const lines = CHARACTERS.map((character) => {
  const glyph = font.charToGlyph(character);
  const key = /^[A-Za-z0-9]$/.test(character) ? character : JSON.stringify(character);
  return `${key}: [${units(glyph.advanceWidth)}, '${outlineOf(glyph)}'],`;
});
// What stands above the table is the font's licence and what the table is.
const [above] = readFileSync(target, 'utf8').split(/(?<=^export const GLYPHS[^{]*\{\n)/m);
writeFileSync(target, `${above}${lines.join('\n')}\n};\n`);
