import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import { trace } from '../../protocol/base/trace.js';
import { naturalLine } from '../lab/calibration/natural-line.js';

/** What the run's network gives natural images, in a sentence, where it was measured; read when it is first asked for. */
export function keptNaturalLine({
  path,
  spec,
}: Pick<RunDirectory, 'path' | 'spec'>): () => Promise<string | undefined> {
  let line: Promise<string | undefined> | undefined;
  const read = async () => {
    try {
      return (await naturalLine(path, spec.modelDigest)).natural;
    } catch (error) {
      return trace("reading the run's calibration", error);
    }
  };
  return () => {
    line ??= read();
    return line;
  };
}
