import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { BadInputError } from '../../protocol/base/errors.js';
import { trace } from '../../protocol/base/trace.js';

/** What `--devices all` counts. */
export interface Machine {
  /** What `nvidia-smi -L` prints; undefined where there is none. */
  readonly listGpus: () => string | undefined;
  /** `CUDA_VISIBLE_DEVICES`: the GPUs that a batch system has given us, which are then numbered from 0. */
  readonly visibleGpus: string | undefined;
  readonly cores: number;
}

export const thisMachine = (): Machine => ({
  listGpus() {
    try {
      return execFileSync('nvidia-smi', ['-L'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        timeout: 30_000,
      });
    } catch (error) {
      return trace('asking nvidia-smi for GPUs', error);
    }
  },
  visibleGpus: process.env.CUDA_VISIBLE_DEVICES,
  cores: availableParallelism(),
});

/**
 * The devices of a list like `cuda:0,cuda:1`, one for each process; `all`: every GPU, or, where there is none, the CPU as
 * often as it has cores. Throws a {@link BadInputError} (`ERR_DEVICE`).
 */
export async function readDevices(text: string, machine: Machine = thisMachine()): Promise<string[]> {
  if (text !== 'all') {
    const { parseDevice } = await import('../../worker/classifier/onnx/device.js');
    return text.split(',').map((device) => parseDevice(device.trim()).name);
  }
  const gpus = countGpus(machine);
  return gpus === 0 ? Array(machine.cores).fill('cpu') : Array.from({ length: gpus }, (_, i) => `cuda:${i}`);
}

function countGpus({ listGpus, visibleGpus }: Machine): number {
  const listed = listGpus()?.match(/^GPU \d+:/gm)?.length ?? 0;
  if (visibleGpus === undefined) return listed;
  // CUDA itself stops at the first that makes no sense, such as -1.
  const visible = visibleGpus.split(',').map((gpu) => gpu.trim());
  const end = visible.findIndex((gpu) => !/^(\d+|GPU-[\w-]+|MIG-[\w-]+)$/.test(gpu));
  return Math.min(listed, end < 0 ? visible.length : end);
}

/** Processes on one machine; more are a slip of the finger. */
export const MAX_ISLANDS = 512;

/** The device of each island, `islands` of them on each device; undefined: the run's. Throws a {@link BadInputError}. */
export function placeIslands(
  devices: readonly (string | undefined)[],
  islands: number,
): readonly (string | undefined)[] {
  const places = devices.length * islands;
  if (places > MAX_ISLANDS) {
    throw new BadInputError({
      code: 'ERR_ISLANDS',
      problem: `${places} islands are too many for one machine, which takes at most ${MAX_ISLANDS}`,
      fix: 'Give a smaller number with --islands, or name fewer --devices',
    });
  }
  return devices.flatMap((device) => Array<typeof device>(islands).fill(device));
}
