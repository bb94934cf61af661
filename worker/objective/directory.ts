import { join } from 'node:path';

/** Where a further network of a run lies, within the directory of its model: whatever carries the one carries all. `place`: from 0. */
export function furtherDirectory(modelDirectory: string, place: number): string {
  return join(modelDirectory, 'further', `${place + 1}`);
}
