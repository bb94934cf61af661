/** A drawn graph as a file that stands alone: with a ground and the colours that the page's style gives it now. */
export function fileOf(svg: SVGSVGElement): Blob {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const rules = [
    `svg { background: ${colour('ground')}; font: 10px sans-serif; }`,
    '.edge { fill: none; stroke-opacity: .6; }',
    `.positive { stroke: ${colour('accent')}; }`,
    `.negative { stroke: ${colour('warm')}; stroke-dasharray: 5 3; }`,
    `rect { fill: ${colour('raised')}; stroke: ${colour('line-strong')}; }`,
    `text { fill: ${colour('text')}; text-anchor: middle; }`,
  ];
  const copy = svg.cloneNode(true) as SVGSVGElement;
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const text = new XMLSerializer().serializeToString(copy);
  // Into the text: the page's policy lets no style into its own document.
  const styled = text.replace('>', `><style>${rules.join('\n')}</style>`);
  return new Blob([styled], { type: 'image/svg+xml' });
}
