/** What a spec and the command line call the engines that run networks (worker/classifier/open.ts). */
export const ENGINE_NAMES = ['onnx', 'tensorflow'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];
