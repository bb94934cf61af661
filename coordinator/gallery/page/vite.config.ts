import { defineConfig } from 'vite';

/** The gallery's page: nothing inline (the server's policy forbids it), names with a hash, nothing from elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  build: {
    outDir: '../../../dist/coordinator/gallery/page',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: false,
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  logLevel: 'warn',
});
