import type { Command } from 'commander';
import { type HttpAddress, parseHttpAddress } from '../http/http-address.js';
import { DEFAULT_ADDRESS } from '../http/http-flags.js';

export function registerGallery(program: Command): void {
  const { host, port } = DEFAULT_ADDRESS;
  program
    .command('gallery')
    .description('show runs in a browser, read from their directories, which are not changed')
    .argument('<runs...>', 'run directories, which may be in use')
    .option(
      '--http <[host:]port>',
      `address of the page; 0: a free port (default: ${host}:${port}, or a free port where that is taken)`,
      (text) => parseHttpAddress(text),
    )
    .action(async (paths: readonly string[], { http }: { readonly http?: HttpAddress }) => {
      const { serveGallery } = await import('../gallery/serve-gallery.js');
      await serveGallery(paths, { address: http ?? DEFAULT_ADDRESS, fallback: http === undefined });
    });
}
