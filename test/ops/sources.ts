import { fileURLToPath } from 'node:url';
import { readSources, type Source } from '../../ops/rooms/sources.js';

/** The source as it lies there, with what each file imports: what tests of the architecture read. */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['protocol', 'coordinator', 'worker', 'ops', 'test'];

export const SOURCES: readonly Source[] = readSources(ROOT, FOLDERS);
export const SHIPPED = SOURCES.filter(({ path }) => !path.startsWith('test/'));
export const BY_PATH = new Map(SOURCES.map((source) => [source.path, source]));

export const isOurs = (target: string): boolean => FOLDERS.includes(target.split('/')[0] ?? '');

/** Code alone. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}
