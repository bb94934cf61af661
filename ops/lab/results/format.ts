/** A confidence, cut to four digits: 1.0000 is said of nothing less. NaN, the median of no images, is `none`. */
export function confidence(value: number): string {
  if (Number.isNaN(value)) return 'none';
  return (Math.floor(value * 10_000) / 10_000).toFixed(4);
}

/** A share of things that are counted, e.g. `62.1 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Three digits that count. */
export function short(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toPrecision(3);
}
