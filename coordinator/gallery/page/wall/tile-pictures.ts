import type { Artist } from '../run/artist.js';
import type { Cell } from '../run/cells.js';

/** The picture that a tile shows. */
export interface TilePicture {
  readonly digest: string;
  /** Device pixels. */
  readonly side: number;
  readonly picture: ImageBitmap;
  /** When it came, on the page's clock. */
  readonly since: number;
  /** What it took the place of, while that fades. */
  readonly before?: ImageBitmap;
}

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
  /** From the one that was wanted longest ago. */
  const shown = new Map<number, TilePicture>();
  const coming = new Map<number, { readonly key: string; readonly control: AbortController }>();
  let bytes = 0;
  let closed = false;

  const sizeOf = ({ width, height }: ImageBitmap) => width * height * 4;

  function drop(classId: number): void {
    const tile = shown.get(classId);
    if (tile === undefined) return;
    shown.delete(classId);
    bytes -= sizeOf(tile.picture);
    tile.picture.close();
    tile.before?.close();
  }

  function show(classId: number, digest: string, side: number, picture: ImageBitmap): void {
    const old = shown.get(classId);
    old?.before?.close();
    bytes += sizeOf(picture) - (old === undefined ? 0 : sizeOf(old.picture));
    const now = clock();
    if (old === undefined || old.digest === digest) {
      // The same picture in another size simply takes its place.
      old?.picture.close();
      shown.set(classId, { digest, side, picture, since: old?.since ?? now });
    } else {
      shown.set(classId, { digest, side, picture, since: now, before: old.picture });
    }
    onPicture(classId);
  }

  async function draw(cell: Cell, side: number, key: string): Promise<void> {
    const { classId } = cell;
    const control = new AbortController();
    coming.set(classId, { key, control });
    const picture = await artist.draw(cell, {
      width: side,
      height: side,
      urgency: shown.has(classId) ? 1 : 2,
      signal: control.signal,
    });
    const current = coming.get(classId)?.control === control;
    if (current) coming.delete(classId);
    if (picture === undefined) return;
    if (current && !closed) show(classId, cell.digest, side, picture);
    else picture.close();
  }

  return {
    get: (classId) => shown.get(classId),
    want(cell, side) {
      const { classId, digest } = cell;
      const tile = shown.get(classId);
      if (tile !== undefined) {
        shown.delete(classId);
        shown.set(classId, tile);
        if (tile.digest === digest && tile.side === side) return;
      }
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
      for (const classId of shown.keys()) {
        if (bytes <= most) break;
        if (!inView.has(classId)) drop(classId);
      }
    },
    close() {
      closed = true;
      for (const { control } of coming.values()) control.abort();
      coming.clear();
      for (const classId of [...shown.keys()]) drop(classId);
    },
  };
}
