import { fileURLToPath } from 'node:url';

/** Where the build puts the gallery's page. */
export const PAGE = fileURLToPath(new URL('../../coordinator/gallery/page/', import.meta.url));
