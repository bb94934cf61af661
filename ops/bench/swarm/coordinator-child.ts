import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Assignment, Report, Usage } from './coordinator-process.js';

/** The coordinator's process, as the swarm sees it. */
export interface CoordinatorChild {
  /** As of a tenth of a second ago. Throws when the process could not go on. */
  usage(): Usage;
  /** Resolves when it has stored what it has and has ended. */
  stop(): Promise<void>;
}

const NOTHING_YET: Usage = { messages: 0, merges: 0, jumps: 0, processorSeconds: 0, memory: 0 };

/**
 * Starts a coordinator's process and resolves when it takes islands; rejects with its reason when it cannot.
 * `onCommit` gets the time, in milliseconds since 1970, at which each message was committed.
 */
export async function startCoordinator(
  assignment: Assignment,
  onCommit: (island: number, sequence: number, time: number) => void,
): Promise<CoordinatorChild> {
  const main = fileURLToPath(new URL('./coordinator-process.js', import.meta.url));
  const child = fork(main, [JSON.stringify(assignment)], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit');
  let latest = NOTHING_YET;
  let failure: Error | undefined;
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string) => {
      failure ??= new Error(reason);
      reject(failure);
    };
    child.on('message', (report: Report) => {
      switch (report.type) {
        case 'ready':
          resolve();
          break;
        case 'failed':
          fail(report.reason);
          break;
        case 'usage':
          latest = report.usage;
          for (let i = 0; i + 2 < report.commits.length; i += 3) {
            const [island = 0, sequence = 0, time = 0] = report.commits.subarray(i, i + 3);
            onCommit(island, sequence, time);
          }
      }
    });
    child.once('error', reject);
    void exit.then(([code]) => fail(`the coordinator ended with exit code ${code}`));
  });
  return {
    usage() {
      if (failure) throw failure;
      return latest;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exit;
    },
  };
}
