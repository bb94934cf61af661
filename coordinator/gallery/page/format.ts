/** Numbers and times as people read them. */

/** A confidence 0 … 1, never rounded up to what it is not: `99.98 %`, `99.957 %`, `> 99.999 %`, `< 0.01 %`. */
export function percent(confidence: number): string {
  if (confidence === 0) return '0 %';
  if (confidence >= 1) return '100 %';
  if (confidence > 0.99999) return '> 99.999 %';
  if (confidence < 0.0001) return '< 0.01 %';
  const digits = confidence >= 0.9995 ? 3 : 2;
  const factor = 10 ** digits;
  return `${(Math.floor(confidence * 100 * factor) / factor).toFixed(digits)} %`;
}

/** `1,234,567`; the same in every language, as labels are. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `950`, `12.4k`, `3.21M`. */
export function short(value: number): string {
  if (value < 1000) return `${Math.round(value)}`;
  if (value < 9950) return count(value);
  if (value < 999_500) return `${trim(value / 1000)}k`;
  return `${trim(value / 1e6)}M`;
}

function trim(value: number): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))}`;
}

/** A share 0 … 1 as whole per cent, `100` only for all of it. */
export function wholePercent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** A part of a whole 0 … 1 as the nearest whole per cent, so that parts make about 100 together. */
export function nearestPercent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

/** A duration: `45 s`, `12 min`, `3 h 20 min`, `2 d 4 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** How long ago a time was, both in milliseconds since 1970: `now`, `45 s`, `3 h`. One unit: there is little room. */
export function ago(time: number, now: number): string {
  const seconds = Math.max(0, (now - time) / 1000);
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
