import { join } from 'node:path';
import { readKept } from '../results/read.js';
import { calibrationLine, calibrationSchema } from './calibration.js';

/**
 * What the run's network gives natural images, in a sentence, where `atoll calibrate` measured it with this very network;
 * else nothing. Rejects with a {@link BadInputError} for a damaged `data.json`.
 */
export async function naturalLine(
  runPath: string,
  modelDigest: string,
): Promise<{ readonly natural?: string }> {
  const kept = await readKept(join(runPath, 'lab/calibrate'));
  const calibration = kept && calibrationSchema.safeParse(kept.data);
  if (!calibration?.success || calibration.data.modelDigest !== modelDigest) return {};
  return { natural: calibrationLine(calibration.data) };
}
