/** A value as Grafana would write it in a unit, in short. */
export function format(value: number, unit = 'short', decimals?: number): string {
  switch (unit) {
    case 'percentunit':
      return `${(100 * value).toFixed(decimals ?? 1)} %`;
    case 'percent':
      return `${value.toFixed(decimals ?? 0)} %`;
    case 's':
      return seconds(value);
    case 'bytes':
      return `${scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB'])}`;
    case 'Bps':
      return `${scaled(value, 1000, ['B/s', 'kB/s', 'MB/s', 'GB/s'])}`;
    case 'celsius':
      return `${value.toFixed(0)} °C`;
    case 'watt':
      return `${value.toFixed(0)} W`;
    default:
      return plain(value, decimals);
  }
}

function seconds(value: number): string {
  if (value === 0) return '0 s';
  if (Math.abs(value) < 0.001) return `${(1e6 * value).toFixed(0)} µs`;
  if (Math.abs(value) < 1) return `${(1e3 * value).toPrecision(3)} ms`;
  if (value < 120) return `${value.toPrecision(3)} s`;
  if (value < 7200) return `${(value / 60).toFixed(1)} min`;
  return `${(value / 3600).toFixed(1)} h`;
}

function plain(value: number, decimals?: number): string {
  if (decimals !== undefined) return value.toFixed(decimals);
  if (Math.abs(value) >= 1000) return scaled(value, 1000, ['', 'K', 'M', 'G']);
  return Number.isInteger(value) ? `${value}` : `${Number(value.toPrecision(3))}`;
}

function scaled(value: number, base: number, names: readonly string[]): string {
  const power = value === 0 ? 0 : Math.floor(Math.log(Math.abs(value)) / Math.log(base));
  const i = Math.min(Math.max(power, 0), names.length - 1);
  return `${Number((value / base ** i).toPrecision(3))} ${names[i]}`.trim();
}
