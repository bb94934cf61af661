import { fileURLToPath } from 'node:url';

/** Where the build puts the gallery's page. */
export const PAGE = fileURLToPath(new URL('../../coordinator/gallery/page/', import.meta.url));

/** Where it puts the page of exported walls, one file. */
export const WALL_PAGE = fileURLToPath(
  new URL('../../coordinator/gallery/page-file/wall.html', import.meta.url),
);
