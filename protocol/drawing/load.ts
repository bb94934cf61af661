import { readFileSync } from 'node:fs';
import { createDrawer } from './create-drawer.js';
import type { Drawer } from './drawer.js';
import { Module, type WasmModule } from './painting/webassembly.js';

let compiled: WasmModule | undefined;

/** A new drawer with memory of its own, from the kernel that the build left beside this file. Node only. */
export function loadDrawer(): Drawer {
  compiled ??= new Module(readFileSync(new URL('./generated/kernel.wasm', import.meta.url)));
  return createDrawer(compiled);
}
