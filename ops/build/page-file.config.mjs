import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const sourceOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Only what is in the file runs, its hashes say; nothing is asked of anybody. The kernel is a data: address, and its workers blobs. */
function policyOf(script, style) {
  return [
    "default-src 'none'",
    `script-src ${sourceOf(script)} 'wasm-unsafe-eval'`,
    `style-src ${sourceOf(style)}`,
    'img-src blob: data:',
    'connect-src data:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Puts the script and the style into the page, and leaves that one file. */
const oneFile = {
  name: 'one-file',
  enforce: 'post',
  generateBundle(_, bundle) {
    const files = Object.values(bundle);
    const chunks = files.filter(({ type }) => type === 'chunk');
    const styles = files.filter(({ fileName }) => fileName.endsWith('.css'));
    const page = bundle['file.html'];
    const [icon, ...icons] = files.filter(({ fileName }) => fileName.endsWith('.svg'));
    const others = files.length - chunks.length - styles.length - icons.length - 2;
    if (!page || !icon || chunks.length !== 1 || styles.length !== 1 || others !== 0) {
      const names = files.map(({ fileName }) => fileName).join(', ');
      throw new Error(
        `an exported wall is one page of one script, one style and one icon, but these were built: ${names}`,
      );
    }
    // In a script element, no other may seem to begin or to end.
    const script = chunks[0].code.replace(/<(?=\/script|!--|script)/gi, '\\x3c');
    const style = `${styles[0].source}`;
    for (const name of Object.keys(bundle)) delete bundle[name];
    const html = `${page.source}`
      .replace(/<script type="module"[^>]*><\/script>\s*/, '')
      .replace(/<link rel="stylesheet"[^>]*>\s*/, '')
      .replace(
        `./${icon.fileName}`,
        `data:image/svg+xml;base64,${Buffer.from(icon.source).toString('base64')}`,
      )
      .replace(
        '</title>',
        () =>
          `</title>\n    <meta http-equiv="Content-Security-Policy" content="${policyOf(script, style)}" />\n    <style>${style}</style>`,
      )
      .replace('</body>', () => `<script type="module">${script}</script>\n  </body>`);
    this.emitFile({ type: 'asset', fileName: 'wall.html', source: html });
  },
};

/** The page of exported walls: the gallery's views in one file, to which export adds a run. */
export default defineConfig({
  root: join(root, 'coordinator/gallery/page'),
  base: './',
  plugins: [oneFile],
  build: {
    outDir: join(root, 'dist/coordinator/gallery/page-file'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: () => true,
    cssCodeSplit: false,
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: { input: join(root, 'coordinator/gallery/page/file.html') },
  },
  worker: { format: 'iife' },
  logLevel: 'warn',
});
