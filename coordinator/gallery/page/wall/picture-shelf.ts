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

/** Pictures by class, from the one that was wanted longest ago. */
export interface PictureShelf {
  readonly bytes: number;
  get(classId: number): TilePicture | undefined;
  /** It is wanted now. */
  touch(classId: number): void;
  put(classId: number, digest: string, side: number, picture: ImageBitmap, now: number): void;
  /** Drops those that are not kept, in their order, until no more than `most` bytes are left. */
  shrink(most: number, kept: ReadonlySet<number>): void;
}

export function createPictureShelf(): PictureShelf {
  const shown = new Map<number, TilePicture>();
  let bytes = 0;
  const sizeOf = ({ width, height }: ImageBitmap) => width * height * 4;

  return {
    get bytes() {
      return bytes;
    },
    get: (classId) => shown.get(classId),
    touch(classId) {
      const tile = shown.get(classId);
      if (tile === undefined) return;
      shown.delete(classId);
      shown.set(classId, tile);
    },
    put(classId, digest, side, picture, now) {
      const old = shown.get(classId);
      old?.before?.close();
      bytes += sizeOf(picture) - (old === undefined ? 0 : sizeOf(old.picture));
      if (old === undefined || old.digest === digest) {
        // The same picture in another size simply takes its place.
        old?.picture.close();
        shown.set(classId, { digest, side, picture, since: old?.since ?? now });
      } else {
        shown.set(classId, { digest, side, picture, since: now, before: old.picture });
      }
    },
    shrink(most, kept) {
      for (const [classId, tile] of shown) {
        if (bytes <= most) return;
        if (kept.has(classId)) continue;
        shown.delete(classId);
        bytes -= sizeOf(tile.picture);
        tile.picture.close();
        tile.before?.close();
      }
    },
  };
}
