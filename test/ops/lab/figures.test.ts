import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../coordinator/export/lettering.js';
import { placeOf, ticksOf } from '../../../ops/lab/figures/axis.js';
import { beside } from '../../../ops/lab/figures/compose.js';
import { aroundZero, heatMap, rising } from '../../../ops/lab/figures/heat.js';
import { ninesOf } from '../../../ops/lab/figures/nines.js';
import { plot } from '../../../ops/lab/figures/plot.js';
import { figurePng } from '../../../ops/lab/figures/png.js';
import { ON_PAGE, OUTLINED, PAPER, toSvg } from '../../../ops/lab/figures/svg.js';
import { NIGHT_INKS, PAPER_INKS } from '../../../ops/lab/look/inks.js';
import { markup } from '../../../ops/lab/look/markup.js';
import { figureBlock, pageHtml } from '../../../ops/lab/pages/page.js';

const EVIL = '<script>"&\'';

const figure = plot({
  width: 300,
  height: 200,
  title: `A plot of ${EVIL}`,
  x: { label: 'x', domain: [0, 10] },
  y: { label: 'y', domain: [0, 1] },
  marks: [
    {
      kind: 'band',
      points: [
        [0, 0.1, 0.3],
        [10, 0.5, 0.9],
      ],
      ink: 'series-0',
      label: 'spread',
    },
    {
      kind: 'line',
      points: [
        [0, 0.2],
        [10, 0.7],
      ],
      ink: 'series-0',
      label: EVIL,
    },
    { kind: 'bars', bars: [{ from: 1, to: 2, value: 0.5, title: EVIL }], ink: 'series-1' },
    { kind: 'dots', points: [[5, 0.5]], ink: 'bad' },
    { kind: 'rule', x: 4, label: 'here', ink: 'text' },
  ],
});

describe('a plot', () => {
  it.each([10, 12_000, 1_000_000, 98_765_432])(
    'has the numbers of its axes inside of it, up to %i',
    (end) => {
      const { width, shapes } = plot({
        ...{ width: 300, height: 200, title: 't', marks: [] },
        x: {
          label: 'x',
          domain: [0, end],
          ticks: [0, end],
          format: (value) => value.toLocaleString('en-US'),
        },
        y: { label: 'y', domain: [0, 1] },
      });
      const [inner] = shapes.filter((shape) => shape.kind === 'group').slice(-1);
      const texts = inner?.kind === 'group' ? inner.shapes.filter((shape) => shape.kind === 'text') : [];
      const last = texts.find(({ text }) => text === end.toLocaleString('en-US'));
      if (inner?.kind !== 'group' || last === undefined) throw new Error('expected the last number');
      expect(inner.x + last.x + textWidth(last.text, last.size) / 2).toBeLessThan(width);
    },
  );
});

describe('a figure', () => {
  it('is the same SVG every time, and nothing in it is markup of somebody else', () => {
    const svg = toSvg(figure, PAPER);
    expect(toSvg(figure, PAPER)).toBe(svg);
    expect(svg).not.toContain('<script');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg.match(/<text/g)?.length).toBeGreaterThan(8);
  });

  it('is a PNG of twice its size, without a font of the machine', async () => {
    expect(toSvg(figure, OUTLINED)).not.toContain('<text');
    const { width, height, format } = await sharp(await figurePng(figure)).metadata();
    expect({ width, height, format }).toEqual({ width: 600, height: 400, format: 'png' });
  });

  it('takes the colours of the page that it stands on', () => {
    expect(toSvg(figure, ON_PAGE)).toContain('var(--series-0)');
    expect(toSvg(figure, ON_PAGE)).not.toContain(PAPER_INKS['series-0']);
  });

  it('stands beside others', () => {
    const both = beside([figure, figure, figure], 2);
    expect(both.width).toBe(2 * 300 + 12);
    expect(both.height).toBe(2 * 200 + 12);
  });
});

describe('an axis', () => {
  it('has its values between the pixels that it is given, and holds back what lies beyond', () => {
    const place = placeOf({ label: '', domain: [0, 4] }, [100, 0]);
    expect([0, 1, 4, 9].map(place)).toEqual([100, 75, 0, 0]);
    expect(ticksOf({ label: '', domain: [0, 1] }, 300, 'x')).toContain(0.5);
  });

  it('counts nines', () => {
    expect([0, 0.9, 0.99, 0.9999, 1].map((value) => Number(ninesOf(value).toFixed(6)))).toEqual([
      0, 1, 2, 4, 7,
    ]);
  });
});

describe('a heat map', () => {
  it('has a cell for each value, none where there is none, and letters that stand out', () => {
    const value = (r: number, c: number) => (r === c ? null : r / 2);
    const map = heatMap({
      ...{ title: 't', rows: ['a', 'b'], columns: ['a', 'b'], rowTitle: '', columnTitle: '' },
      ...{ value, ramp: rising(0, 1), format: String },
    });
    expect(map.shapes.filter(({ kind }) => kind === 'rectangle')).toHaveLength(2);
  });

  it('is white where nothing changes, red for a loss and blue for a gain', () => {
    const parts = (colour: string) => [...colour.matchAll(/\d+/g)].map(Number);
    const ramp = aroundZero(0.5);
    const [loss, none, gain] = [0.5, 0, -0.5].map((value) => parts(ramp(value)));
    expect(Math.min(...(none ?? []))).toBeGreaterThan(235);
    expect(loss?.[0]).toBeGreaterThan(2 * (loss?.[2] ?? 0));
    expect(gain?.[2]).toBeGreaterThan(2 * (gain?.[0] ?? 0));
  });
});

describe('a page', () => {
  const html = pageHtml({
    title: EVIL,
    lede: EVIL,
    body: markup`${figureBlock(figure)}<p>${EVIL}</p>`,
    maker: 'a test',
  });

  it('holds all that it shows: nothing is loaded, nothing runs', () => {
    expect(html).not.toMatch(/<script|<link|@import|url\(/);
    expect(html.match(/(?:src|href)="(?!data:)[^"]*"/g)).toBeNull();
    expect(html.match(/https?:\/\/[^"' <]+/g)).toEqual(['http://www.w3.org/2000/svg']);
  });

  it('has the colours of the gallery, in both themes', () => {
    const path = '../../../coordinator/gallery/page/style/theme.css';
    const theme = readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
    const [night = '', paper = ''] = theme.split('prefers-color-scheme: light');
    for (const name of ['text', 'quiet', 'line', 'accent', 'bad'] as const) {
      expect(night).toContain(`--${name}: ${NIGHT_INKS[name]};`);
      expect(paper).toContain(`--${name}: ${PAPER_INKS[name]};`);
    }
  });
});
