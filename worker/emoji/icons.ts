import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

/** A vendor's drawings. */
export interface Icons {
  /** Whether there is a drawing of this name. */
  has(name: string): boolean;
  /** The drawing as a whole SVG file, and its width in its own units; undefined: there is none. */
  drawing(name: string): { readonly svg: string; readonly width: number } | undefined;
}

const side = z.number().positive();
const iconSchema = z.object({
  body: z.string(),
  left: z.number().optional(),
  top: z.number().optional(),
  width: side.optional(),
  height: side.optional(),
});
const iconsSchema = z.object({
  width: side,
  height: side,
  icons: z.record(z.string(), iconSchema),
  aliases: z.record(z.string(), z.object({ parent: z.string() })).optional(),
});
const charsSchema = z.record(z.string(), z.string());

/** Reads the drawings of a package of Iconify that lies in `directory`. */
export async function readIcons(directory: string): Promise<Icons> {
  const file = iconsSchema.parse(JSON.parse(await readFile(join(directory, 'icons.json'), 'utf8')));
  const found = (name: string) => file.icons[name] ?? file.icons[file.aliases?.[name]?.parent ?? ''];
  return {
    has: (name) => found(name) !== undefined,
    drawing(name) {
      const icon = found(name);
      if (icon === undefined) return undefined;
      const { body, left = 0, top = 0, width = file.width, height = file.height } = icon;
      const names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
      const size = `viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}"`;
      return { svg: `<svg ${names} ${size}>${body}</svg>`, width };
    },
  };
}

/** The names of a package's drawings by the code points that they stand for: `1f600`, or several joined by `-`. */
export async function readCodePoints(directory: string): Promise<ReadonlyMap<string, string>> {
  const chars = charsSchema.parse(JSON.parse(await readFile(join(directory, 'chars.json'), 'utf8')));
  return new Map(Object.entries(chars));
}
