// Runs a TypeScript module of the tree in a process of its own: node run-typescript.mjs MODULE [ARGUMENT …]
import { createViteServer } from 'vitest/node';

const server = await createViteServer({
  configFile: false,
  server: { middlewareMode: true, ws: false, hmr: false, watch: null },
  optimizeDeps: { noDiscovery: true, include: [] },
  appType: 'custom',
  logLevel: 'error',
});
await server.ssrLoadModule(process.argv[2]);
