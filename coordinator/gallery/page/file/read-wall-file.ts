import { WALL_FILE_ELEMENT, type WallFile } from '../../../../protocol/wire/wall-file.js';

/** The run that was exported into this document. Rejects where it is damaged. */
export async function readWallFile(): Promise<WallFile> {
  const text = document.getElementById(WALL_FILE_ELEMENT)?.textContent ?? '';
  const bytes = new Blob([bytesOf(text)]);
  const json = bytes.stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return (await new Response(json).json()) as WallFile;
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64.trim()), (character) => character.charCodeAt(0));
}
