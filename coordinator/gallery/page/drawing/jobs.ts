import type { WasmModule } from '../../../../protocol/drawing/painting/webassembly.js';

/** What the page and its drawing workers say to each other. A worker's first message is the compiled kernel. */
export interface DrawJob {
  readonly id: number;
  /** Canonical bytes. */
  readonly genome: Uint8Array;
  /** 1 … 4096 pixels. */
  readonly width: number;
  readonly height: number;
  /** As a network sees it that takes grey. */
  readonly grey: boolean;
}

/** A picture, or none for bytes that are no genome. */
export interface DrawResult {
  readonly id: number;
  readonly picture: ImageBitmap | undefined;
}

export type ToWorker = { readonly module: WasmModule } | DrawJob;
