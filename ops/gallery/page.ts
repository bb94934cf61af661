import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { codeOf } from '../../protocol/base/errors.js';

/** Where the build puts the gallery's page. */
export const PAGE = fileURLToPath(new URL('../../coordinator/gallery/page/', import.meta.url));

const WALL_PAGE = fileURLToPath(new URL('../../coordinator/gallery/page-file/wall.html', import.meta.url));

/** The page of exported walls, one file; undefined where Atoll was built without its gallery. */
export async function readWallPage(): Promise<string | undefined> {
  try {
    return await readFile(WALL_PAGE, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
