import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Network, NetworkInput, Verdict } from '../../coordinator/gallery/network.js';
import type { RunDirectory } from '../../coordinator/run/run-directory.js';
import { trace } from '../../protocol/base/trace.js';
import type { Answer, NetworkOrder } from './network-question.js';

/** A run's network in a process of its own, which runs while there are questions. */
export interface NetworkProcess extends Network {
  close(): Promise<void>;
}

export interface NetworkLimits {
  /** Questions that may wait for their answer. */
  readonly questions: number;
  /** For an answer, the opening of the network included. */
  readonly answerMilliseconds: number;
  /** Without a question for so long, the process ends. */
  readonly idleMilliseconds: number;
}

const LIMITS: NetworkLimits = { questions: 4, answerMilliseconds: 60_000, idleMilliseconds: 60_000 };

/** Where a process of it runs, and who waits for its answers, in their order. */
interface Session {
  readonly child: ChildProcess;
  readonly waiting: ((verdict: Verdict) => void)[];
}

/** `main`: the module that the process runs. */
export function createNetworkProcess(
  run: Pick<RunDirectory, 'modelDirectory' | 'spec'>,
  limits: NetworkLimits = LIMITS,
  main = new URL('./network-child.js', import.meta.url),
): NetworkProcess {
  const { modelDirectory, spec } = run;
  let session: Session | undefined;
  let idle: NodeJS.Timeout | undefined;
  let input: Network['input'] | undefined;

  function open(): Session {
    const { modelDigest, objective, engine, views } = spec;
    const order: NetworkOrder = { modelDirectory, modelDigest, objective, engine, views };
    const child = fork(fileURLToPath(main), [JSON.stringify(order)], {
      serialization: 'advanced',
      // Standard output belongs to the command's own result.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const opened: Session = { child, waiting: [] };
    child.on('message', (answer: Answer) => opened.waiting.shift()?.(answer));
    const end = () => {
      if (session === opened) session = undefined;
      for (const resolve of opened.waiting.splice(0)) {
        resolve({ type: 'absent', problem: 'The process of the network ended before it answered' });
      }
    };
    child.once('exit', end);
    child.once('error', end);
    return opened;
  }

  function rest(): void {
    clearTimeout(idle);
    idle = setTimeout(() => {
      // The next question starts another process.
      session?.child.disconnect();
      session = undefined;
    }, limits.idleMilliseconds);
    idle.unref();
  }

  return {
    get input() {
      input ??= readInput(run);
      return input;
    },
    async ask(subject) {
      session ??= open();
      const { child, waiting } = session;
      if (waiting.length >= limits.questions) return { type: 'busy' };
      clearTimeout(idle);
      const answered = new Promise<Verdict>((resolve) => waiting.push(resolve));
      child.send(subject);
      // A picture on which it hangs ends the process, and with it every question.
      const patience = setTimeout(() => child.kill('SIGKILL'), limits.answerMilliseconds);
      try {
        return await answered;
      } finally {
        clearTimeout(patience);
        if (waiting.length === 0) rest();
      }
    },
    async close() {
      clearTimeout(idle);
      const child = session?.child;
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Read of the model's files; nothing of it is opened. */
async function readInput({
  modelDirectory,
  spec,
}: Pick<RunDirectory, 'modelDirectory' | 'spec'>): Promise<NetworkInput | undefined> {
  try {
    const { loadRunModel } = await import('../../worker/classifier/open.js');
    const { input } = (await loadRunModel(modelDirectory, spec.modelDigest)).model;
    const { width, height, channels } = input;
    return { width, height, channels };
  } catch (error) {
    return trace("reading the card of the run's model", error);
  }
}
