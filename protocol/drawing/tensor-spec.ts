/** The order in which a network wants its channels. */
export type ChannelOrder = 'RGB' | 'BGR' | 'grey';

/** One image of the tensor that a network takes; a batch is these, one after the other. */
export interface TensorSpec {
  readonly layout: 'NCHW' | 'NHWC';
  readonly width: number;
  readonly height: number;
  readonly channels: ChannelOrder;
  /** tensor = byte · scale[c] + offset[c] for a pixel's byte 0 … 255; c counts channels in the tensor's order. */
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** Which views of an image a network is shown; confidences are the mean over the views. */
export type Views = 'single' | 'ten-crop';

export const VIEW_COUNT = { single: 1, 'ten-crop': 10 } as const satisfies Record<Views, number>;

export function channelCount(channels: ChannelOrder): 1 | 3 {
  return channels === 'grey' ? 1 : 3;
}

/** Floats in one image of the tensor. */
export function tensorLength(spec: TensorSpec): number {
  return spec.width * spec.height * channelCount(spec.channels);
}
