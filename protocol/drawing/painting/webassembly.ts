/**
 * The part of the JavaScript WebAssembly API that drawing uses. TypeScript declares it with the DOM only, and Node's
 * types leave it out; a browser's `WebAssembly.Module` is a {@link WasmModule}.
 */
export interface WasmModule {
  readonly [Symbol.toStringTag]?: string;
}

export interface WasmMemory {
  /** Detached, and replaced by a longer one, whenever the memory grows. */
  readonly buffer: ArrayBuffer;
  /** Grows by pages of 64 KiB; throws a RangeError where the machine has no more. */
  grow(pages: number): number;
}

interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Memory: new (size: { readonly initial: number }) => WasmMemory;
  readonly Instance: new (
    module: WasmModule,
    imports: { readonly env: { readonly memory: WasmMemory } },
  ) => { readonly exports: object };
}

export const { Module, Memory, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi })
  .WebAssembly;
