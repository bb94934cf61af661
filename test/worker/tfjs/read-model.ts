import { readFile } from 'node:fs/promises';
import * as files from '../../../worker/tfjs/files.js';

/** The TensorFlow.js model whose `model.json` lies at `path`. */
export async function readTfjsModel(path: string): Promise<files.TfjsModel> {
  return files.readTfjsModel(path, await readFile(path));
}
