import type { Gradients } from '../../../worker/ascent/gradients.js';
import { gradientByLevels, inputMap, planesOf, tensorOfLevels } from '../../../worker/pixels/planes.js';
import { quantile, sorted } from '../statistics/quantile.js';

/**
 * How much a small change of each pixel changes the confidence p in a class: |∂ log p / ∂ level|, the greatest over the
 * channels (Simonyan, Vedaldi and Zisserman, ICLR workshop 2014, who take the class's score). `bytes`: as the network is
 * shown them, pixel by pixel. Shape [height, width], a level.
 */
export async function saliencyOf(
  network: Pick<Gradients, 'input' | 'gradient'>,
  bytes: Uint8Array,
  classId: number,
): Promise<Float32Array> {
  const { input } = network;
  const map = inputMap(input);
  const tensor = tensorOfLevels(planesOf(bytes, input).levels, map);
  const slope = gradientByLevels((await network.gradient(tensor, 1, [classId])).gradient, map);
  const pixels = input.width * input.height;
  return Float32Array.from({ length: pixels }, (_, pixel) => {
    let most = 0;
    for (let at = pixel; at < slope.length; at += pixels) most = Math.max(most, Math.abs(slope[at] ?? 0));
    return most;
  });
}

/** The share of pixels that are shown in shades; the others, a few that stand out, are all white. */
const SHADED = 0.995;

/** Saliency as bytes of a grey picture, 0 as black, and what white stands for. */
export function shadesOf(saliency: Float32Array): { readonly data: Uint8Array; readonly white: number } {
  const white = quantile(sorted(saliency), SHADED);
  const scale = white > 0 ? 255 / white : 0;
  const data = Uint8Array.from(saliency, (value) => Math.min(255, Math.round(scale * value)));
  return { data, white };
}
