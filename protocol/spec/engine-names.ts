/** The names of the engines that run networks, in a spec and on the command line (worker/classifier/open.ts). */
export const ENGINE_NAMES = ['onnx', 'tensorflow'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];
