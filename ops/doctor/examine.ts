import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { checkListening } from '../../coordinator/http/server.js';
import { readDiskUse } from '../../coordinator/run/disk-use.js';
import { messageOf } from '../../protocol/base/errors.js';
import { trace } from '../../protocol/base/trace.js';
import { type BrokerOptions, connectBroker } from '../../protocol/transport/nats/broker.js';
import { checkDevice, parseDevice } from '../../worker/classifier/onnx/device.js';
import { modelsDirectory } from '../../worker/model/cache.js';
import { DEFAULT_ADDRESS } from '../http/http-flags.js';
import { judgeDevices, type Trial } from './devices.js';
import { type Finding, good, missing, note } from './finding.js';
import { checkClock, checkDisk, checkNode, describeGpus, describeMachine } from './machine.js';

export interface Wanted {
  /** The device of a worker here; undefined: on GPUs where there are some, else on the CPU. */
  readonly device?: string;
  /** Absent: no broker is looked for. */
  readonly broker?: BrokerOptions;
  /** The address of a coordinator, whose clock is compared with ours. */
  readonly url?: string;
  /** Where run directories are. */
  readonly runs: string;
}

/** Looks at all that a worker needs, one after the other. Throws a {@link BadInputError} for an unknown device. */
export async function examine({ device, broker, url, runs }: Wanted): Promise<readonly Finding[]> {
  const gpus = listGpus();
  const onGpu = gpus === undefined ? [] : ['cuda:0', 'webgpu'];
  const wanted = device === undefined ? onGpu : [parseDevice(device).name];
  return [
    checkNode(process.version),
    describeMachine(availableParallelism(), totalmem()),
    describeGpus(gpus),
    ...judgeDevices(await Promise.all([...new Set(['cpu', ...onGpu, ...wanted])].map(tryDevice)), wanted),
    findTensorflow(),
    checkDisk(resolve(runs), freeBytes(runs)),
    checkDisk(modelsDirectory(), freeBytes(modelsDirectory())),
    await tryPort(),
    ...(broker ? [await tryBroker(broker)] : []),
    ...(url === undefined ? [] : [await compareClocks(url)]),
  ];
}

/** The name, driver and memory of each GPU, one a line. */
function listGpus(): string | undefined {
  const query = '--query-gpu=name,driver_version,memory.total';
  try {
    const listed = execFileSync('nvidia-smi', [query, '--format=csv,noheader'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 30_000,
    });
    return listed.trim() === '' ? undefined : listed;
  } catch {
    // No driver of NVIDIA's: no such GPU.
    return undefined;
  }
}

async function tryDevice(name: string): Promise<Trial> {
  try {
    await checkDevice(parseDevice(name));
    return { name };
  } catch (error) {
    return { name, problem: messageOf(error) };
  }
}

/** The optional engine; whether it finds CUDA 11 shows when it is loaded, which takes seconds and memory. */
function findTensorflow(): Finding {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu');
    return good('TensorFlow', '@tensorflow/tfjs-node-gpu is installed');
  } catch (error) {
    trace('looking for @tensorflow/tfjs-node-gpu', error);
    return note(
      'TensorFlow',
      '@tensorflow/tfjs-node-gpu is not installed: only --engine tensorflow on GPUs needs it',
    );
  }
}

/** Of the folder, or of the nearest above it that is there. */
function freeBytes(folder: string): number | undefined {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const use = readDiskUse(join(path, 'archive.db'));
    if (use || path === dirname(path)) return use?.freeBytes;
  }
}

async function tryPort(): Promise<Finding> {
  const subject = `port ${DEFAULT_ADDRESS.port}`;
  try {
    await checkListening(DEFAULT_ADDRESS);
    return good(subject, 'free for a coordinator');
  } catch (error) {
    trace('listening at the port', error);
    return note(subject, 'taken: a coordinator on this machine uses another one, or is there already');
  }
}

async function tryBroker(options: BrokerOptions): Promise<Finding> {
  try {
    const broker = await connectBroker(options);
    const { version = 'of some version' } = broker.nc.info ?? {};
    const trip = await broker.nc.rtt();
    await broker.close();
    return good('broker', `nats-server ${version} lets us in, ${trip} ms away`);
  } catch (error) {
    return missing('broker', messageOf(error));
  }
}

async function compareClocks(url: string): Promise<Finding> {
  try {
    const { headers } = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(5000) });
    return checkClock(Date.parse(headers.get('date') ?? ''), Date.now());
  } catch (error) {
    return note('clock', `no coordinator answers at ${url} (${messageOf(error)})`);
  }
}
