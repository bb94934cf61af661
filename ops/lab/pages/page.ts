import type { Figure } from '../figures/shape.js';
import { ON_PAGE, toSvg } from '../figures/svg.js';
import { Markup, markup } from '../look/markup.js';
import type { Cell, Column, Table } from '../results/table.js';
import { STYLE } from './style.js';

export interface Page {
  readonly title: string;
  /** What was found, in a sentence or two. */
  readonly lede: string;
  readonly body: Markup;
  /** What made it, e.g. `Atoll 0.1.0`. */
  readonly maker: string;
}

/** A page that holds all that it shows: no script, nothing that is loaded. */
export function pageHtml({ title, lede, body, maker }: Page): string {
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<main>
<header><p class="kicker">Atoll</p><h1>${title}</h1><p class="lede">${lede}</p></header>
${body}
<footer>Made by ${maker}.</footer>
</main>
</body>
</html>
`;
  return page.text;
}

/** A figure in the colours of the page's theme. */
export function figureBlock(figure: Figure, caption = ''): Markup {
  const text = caption === '' ? [] : [markup`<figcaption>${caption}</figcaption>`];
  return markup`<figure>${new Markup(toSvg(figure, ON_PAGE))}${text}</figure>`;
}

/** A picture of a `data:` address. */
export function imageBlock(data: string, says: string): Markup {
  return markup`<figure><img src="${data}" alt="${says}"></figure>`;
}

/** Figures that one looks at first. */
export function facts(entries: readonly (readonly [name: string, value: string])[]): Markup {
  return markup`<dl>${entries.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** A table that scrolls in itself where it is long. */
export function tableBlock({ columns, rows }: Table): Markup {
  const head = columns.map((column) => markup`<th${kind(column)}>${column.title}</th>`);
  const line = (row: readonly Cell[]) =>
    markup`<tr>${columns.map((column, i) => markup`<td${kind(column)}>${shown(column, row[i] ?? null)}</td>`)}</tr>`;
  return markup`<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${rows.map(line)}</tbody></table></div>`;
}

function kind({ format }: Column): Markup {
  return new Markup(format === undefined ? '' : ' class="number"');
}

function shown({ format }: Column, cell: Cell): string {
  if (cell === null) return '';
  return typeof cell === 'number' && format !== undefined ? format(cell) : `${cell}`;
}
