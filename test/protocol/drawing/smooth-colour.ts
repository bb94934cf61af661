/** Red, green and blue, 0 … 255, of a hue, lightness and saturation, 0 … 255, whole or not: OpenCV's HLS2RGB, not rounded. */
export function smoothRgbOf(
  hue: number,
  lightness: number,
  saturation: number,
): readonly [number, number, number] {
  const [l, s] = [lightness / 255, saturation / 255];
  const p2 = l <= 0.5 ? l * (1 + s) : l + s - l * s;
  const p1 = 2 * l - p2;
  const turned = (hue >= 180 ? hue - 180 : hue) / 30;
  const ramp = (distance: number) => Math.min(1, Math.max(0, distance));
  const channel = (share: number) => 255 * (p1 + (p2 - p1) * share);
  return [
    channel(ramp(Math.abs(turned - 3) - 1)),
    channel(ramp(2 - Math.abs(turned - 2))),
    channel(ramp(2 - Math.abs(turned - 4))),
  ];
}
