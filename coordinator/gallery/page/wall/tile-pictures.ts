import type { Artist } from '../run/artist.js';
import type { Cell } from '../run/cells.js';
import { createPictureShelf, type TilePicture } from './picture-shelf.js';

/** The pictures of a wall's tiles: drawn where they are wanted, dropped where nobody has looked for longest. */
export interface TilePictures {
  get(classId: number): TilePicture | undefined;
  /** Has the picture of a cell drawn at `side` device pixels, unless it is there or on its way. */
  want(cell: Cell, side: number): void;
  /** Drops what is out of view and too much; call it between frames. `inView`: classes. */
  trim(inView: ReadonlySet<number>): void;
  close(): void;
}

export const MOST_PICTURE_BYTES = 192 << 20;

export function createTilePictures(
  artist: Artist,
  clock: () => number,
  onPicture: (classId: number) => void,
  most = MOST_PICTURE_BYTES,
): TilePictures {
  const shelf = createPictureShelf();
  const coming = new Map<number, { readonly key: string; readonly control: AbortController }>();
  let closed = false;

  async function draw(cell: Cell, side: number, key: string): Promise<void> {
    const { classId, digest } = cell;
    const control = new AbortController();
    coming.set(classId, { key, control });
    const picture = await artist.draw(cell, {
      width: side,
      height: side,
      urgency: shelf.get(classId) === undefined ? 2 : 1,
      signal: control.signal,
    });
    const current = coming.get(classId)?.control === control;
    if (current) coming.delete(classId);
    if (picture === undefined) return;
    if (!current || closed) {
      picture.close();
      return;
    }
    shelf.put(classId, digest, side, picture, clock());
    onPicture(classId);
  }

  return {
    get: (classId) => shelf.get(classId),
    want(cell, side) {
      const { classId, digest } = cell;
      shelf.touch(classId);
      const tile = shelf.get(classId);
      if (tile?.digest === digest && tile.side === side) return;
      const key = `${digest} ${side}`;
      const begun = coming.get(classId);
      if (begun?.key === key) return;
      begun?.control.abort();
      void draw(cell, side, key);
    },
    trim(inView) {
      for (const [classId, { control }] of coming) {
        if (inView.has(classId)) continue;
        coming.delete(classId);
        control.abort();
      }
      shelf.shrink(most, inView);
    },
    close() {
      closed = true;
      for (const { control } of coming.values()) control.abort();
      coming.clear();
      shelf.shrink(0, new Set());
    },
  };
}
