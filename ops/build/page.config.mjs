import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The gallery's page: nothing inline (the server's policy forbids it), names with a hash, nothing from elsewhere. */
export default defineConfig({
  root: join(root, 'coordinator/gallery/page'),
  base: './',
  build: {
    outDir: join(root, 'dist/coordinator/gallery/page'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  logLevel: 'warn',
});
